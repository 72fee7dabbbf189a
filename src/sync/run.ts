/** One sync run: everything that is due now, oldest first, in batches. */
import { activeBlock, blockAfter, liftBlock } from '../mirror/blocking.ts';
import type { RunCounts, RunOutcome, RunTrigger } from '../store/contract/runs.ts';
import type { Claim } from '../store/contract/tracking.ts';
import type { Block } from '../store/contract/upstream-block.ts';
import { noCounts } from '../store/sqlite/runs.ts';
import { MAX_BATCH } from '../upstream/client.ts';
import { UpstreamError } from '../upstream/errors.ts';
import { discover } from './discover.ts';
import { createFailedBatches, type FailedBatches } from './failed-batches.ts';
import { startHeartbeat } from './heartbeat.ts';
import type { SyncParts } from './parts.ts';
import { refreshBatch } from './refresh-batch.ts';

export interface RunResult {
  readonly outcome: RunOutcome;
  readonly counts: RunCounts;
  readonly error: string | undefined;
}

export interface RunOptions {
  readonly trigger: RunTrigger;
  /** Ends the run after the batches under way. */
  readonly signal?: AbortSignal;
  /** Called when ids were dealt with: how many so far, of how many that were due. */
  readonly onProgress?: (done: number, due: number) => void;
}

/** So many failed batches in a row mean that the upstream is down, not that a batch is bad. */
const FAILURES_BEFORE_STOPPING = 3;
/** A run waits this long for a rate limit to pass; beyond it, the next run goes on. */
const LONGEST_WAIT_IN_RUN_MS = 60_000;

interface Progress {
  readonly token: string;
  readonly dueBeforeMs: number;
  readonly due: number;
  readonly counts: RunCounts;
  readonly failed: FailedBatches;
  failuresInARow: number;
  /** Of the batches that failed in this run, the last. */
  lastFailure: UpstreamError | undefined;
  hasAnswer: boolean;
  end: { outcome: RunOutcome; error: string } | undefined;
}

/** Runs the schedule once, and records it. A run that finds nothing due is not recorded: there is one every 15 s. */
export async function runSync(parts: SyncParts, options: RunOptions): Promise<RunResult> {
  const { store, clock } = parts;
  const startedAtMs = clock.now();
  const counts = noCounts();
  const hindrance = await whyNot(parts, options.trigger);
  if (!hindrance && parts.discover) await discover(parts, parts.upstreamToken ?? '', counts, options.signal);

  const due = await store.countDue(startedAtMs);
  if (options.trigger === 'schedule' && counts.discovered === 0) {
    if (due === 0) return { outcome: 'done', counts, error: undefined };
    // A run that can't be recorded is none; who asked for one by hand hears the store's own error.
    const disk = await store.writeTrouble();
    if (disk !== undefined) return { outcome: 'stopped', counts, error: disk };
    if (hindrance) return { ...hindrance, counts };
  }

  const runId = await store.startRun({ trigger: options.trigger, startedAtMs });
  let result: RunResult;
  let stopHeartbeat: (() => void) | undefined;
  try {
    stopHeartbeat = await startHeartbeat(parts);
    result = hindrance
      ? { ...hindrance, counts }
      : await work(parts, options, { startedAtMs, due, counts, token: parts.upstreamToken ?? '' });
  } catch (error) {
    parts.log.error({ err: error }, 'the sync run failed');
    result = { outcome: 'failed', counts, error: 'internal error, see the log' };
  } finally {
    stopHeartbeat?.();
  }
  await store.endRun(runId, {
    endedAtMs: clock.now(),
    outcome: result.outcome,
    counts,
    ...(result.error === undefined ? {} : { error: result.error }),
  });
  return result;
}

/** Reasons not to ask the upstream at all. A person who asks for a run is stopped by fewer of them. */
async function whyNot(
  parts: SyncParts,
  trigger: RunTrigger,
): Promise<Pick<RunResult, 'outcome' | 'error'> | undefined> {
  if (parts.offline) return { outcome: 'stopped', error: 'the mirror is offline' };
  if (parts.upstreamToken === undefined) {
    return { outcome: 'stopped', error: 'there is no token for the upstream: set ACEDATACLOUD_API_TOKEN' };
  }
  const block = await activeBlock(parts);
  if (!block || (trigger !== 'schedule' && block.reason !== 'rate-limited')) return undefined;
  return {
    outcome: block.reason,
    error: `${block.message}; waiting until ${new Date(block.untilMs).toISOString()}`,
  };
}

async function work(
  parts: SyncParts,
  options: RunOptions,
  start: { startedAtMs: number; due: number; counts: RunCounts; token: string },
): Promise<RunResult> {
  const progress: Progress = {
    token: start.token,
    dueBeforeMs: start.startedAtMs,
    due: start.due,
    counts: start.counts,
    failed: createFailedBatches(parts),
    failuresInARow: 0,
    lastFailure: undefined,
    hasAnswer: false,
    end: undefined,
  };
  const workers = Array.from({ length: parts.concurrency }, () => workThrough(parts, options, progress));
  // Wait for all, then report the first that broke: nothing may go on behind a run that is over.
  const broken = (await Promise.allSettled(workers)).find((worker) => worker.status === 'rejected');
  if (broken) throw broken.reason;
  return judge(parts, options, progress);
}

/** The end of a run that did not break. */
async function judge(parts: SyncParts, options: RunOptions, progress: Progress): Promise<RunResult> {
  const { counts, failed, lastFailure, hasAnswer } = progress;
  if (!progress.end && options.signal?.aborted) progress.end = { outcome: 'stopped', error: 'stopped' };
  // Too few batches to fail three times in a row.
  if (!progress.end && lastFailure && !hasAnswer) await stop(parts, progress, 'unreachable', lastFailure);
  await (hasAnswer ? failed.settle() : failed.giveBack());
  return { counts, ...(progress.end ?? { outcome: 'done', error: lastFailure?.message }) };
}

/** One worker: a batch after the other until nothing is due, the run must end, or somebody stops it. */
async function workThrough(parts: SyncParts, options: RunOptions, progress: Progress): Promise<void> {
  const { store, clock } = parts;
  while (!progress.end && !options.signal?.aborted) {
    const claims = await store.claimDue({
      dueBeforeMs: progress.dueBeforeMs,
      nowMs: clock.now(),
      limit: Math.min(parts.batchSize, MAX_BATCH),
      // Tries, pauses between them, and halving all fit; a crash frees the ids after that, at the next start, or at another process's next run.
      leaseMs: parts.upstreamTimeoutMs * 10,
    });
    if (claims.length === 0) return;
    progress.counts.claimed += claims.length;
    try {
      await refreshBatch(parts, progress.token, claims, progress.counts);
      progress.failuresInARow = 0;
      progress.hasAnswer = true;
      await progress.failed.settle();
      await liftBlock(parts);
    } catch (error) {
      if (!(error instanceof UpstreamError)) {
        await store.release(claims);
        throw error;
      }
      await afterFailure(parts, options, progress, claims, error);
    }
    options.onProgress?.(progress.counts.claimed, progress.due);
  }
}

async function afterFailure(
  parts: SyncParts,
  options: RunOptions,
  progress: Progress,
  claims: readonly Claim[],
  error: UpstreamError,
): Promise<void> {
  const { clock, log } = parts;
  if (options.signal?.aborted) {
    await giveBack(parts, progress, claims); // cut off by the stop: nothing is known of them
    return;
  }
  if (error.status === 401 || error.status === 403) {
    await giveBack(parts, progress, claims);
    await stop(parts, progress, 'rejected', error);
    return;
  }
  if (error.status === 429 || error.retryAfterMs !== undefined) {
    await giveBack(parts, progress, claims);
    // Blocked: by the answer to somebody else, since the run began.
    const block =
      error.kind === 'blocked' ? await activeBlock(parts) : await blockAfter(parts, 'rate-limited', error);
    if (!block) return;
    const wait = block.untilMs - clock.now();
    if (wait > LONGEST_WAIT_IN_RUN_MS || block.times > FAILURES_BEFORE_STOPPING) {
      progress.end ??= { outcome: 'rate-limited', error: block.message };
      return;
    }
    log.info({ wait_ms: wait }, 'the upstream asks to wait');
    await clock.sleep(wait, options.signal).catch(() => undefined); // aborted: the loop ends by itself
    return;
  }
  log.warn({ error: error.message, ids: claims.length }, 'a batch failed');
  progress.failed.add(claims, error);
  progress.counts.failed += claims.length;
  progress.failuresInARow += 1;
  progress.lastFailure = error;
  if (progress.failuresInARow >= FAILURES_BEFORE_STOPPING) await stop(parts, progress, 'unreachable', error);
}

async function giveBack(parts: SyncParts, progress: Progress, claims: readonly Claim[]): Promise<void> {
  await parts.store.release(claims);
  progress.counts.claimed -= claims.length;
}

/** Ends the run and leaves the upstream alone for a while; of two workers that fail alike the first decides. */
async function stop(
  parts: SyncParts,
  progress: Progress,
  reason: Extract<Block['reason'], 'rejected' | 'unreachable'>,
  error: UpstreamError,
): Promise<void> {
  if (progress.end) return;
  progress.end = { outcome: reason, error: error.message };
  await blockAfter(parts, reason, error);
  parts.log.warn({ reason, error: error.message }, 'the sync run stopped');
}
