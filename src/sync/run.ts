/** One sync run: everything that is due now, oldest first, in batches. */
import { computeDigest } from '../lib/access-token.ts';
import { createEmptyCounts, type RunCounts, type RunTrigger } from '../store/contract/runs.ts';
import { MAX_BATCH } from '../upstream/client.ts';
import { UpstreamError } from '../upstream/errors.ts';
import type { SyncDeps } from './deps.ts';
import { discover } from './discover.ts';
import { type Heartbeat, startHeartbeat } from './heartbeat.ts';
import { refreshBatch } from './refresh-batch.ts';
import { createRunProgress, type RunEnd } from './run-progress.ts';

export interface RunResult extends RunEnd {
  readonly counts: RunCounts;
}

export interface RunOptions {
  readonly trigger: RunTrigger;
  /** When the next scheduled run is due, milliseconds from now: until then, one of all servers looks for new tasks. */
  readonly nextInMs?: number;
  /** Ends the run after the batches in flight. */
  readonly signal?: AbortSignal;
  /** Called at the start and after each batch, with the number of ids processed and due. */
  readonly onProgress?: (done: number, due: number) => void;
}

/** Runs the schedule once, and records it. A scheduled run with nothing due is not recorded: there is one every 15 s. */
export async function runSync(deps: SyncDeps, options: RunOptions): Promise<RunResult> {
  const { store, clock } = deps;
  const startedAtMs = clock.now();
  const counts = createEmptyCounts();
  const skipReason = await findSkipReason(deps, options.trigger);
  if (!skipReason && deps.discover && (await hasDiscoveryTurn(deps, options)))
    await discover(deps, deps.upstreamToken ?? '', counts, options.signal);

  const due = await store.countDue(startedAtMs);
  if (options.trigger === 'schedule' && counts.discovered === 0) {
    if (due === 0) return { outcome: 'done', counts, error: undefined };
    // A run that can't be recorded is skipped; a manual run reports the store's own error instead.
    const disk = await store.readStorageProblem();
    if (disk !== undefined) return { outcome: 'stopped', counts, error: disk };
    if (skipReason) return { ...skipReason, counts };
  }

  const runId = await store.startRun({ trigger: options.trigger, startedAtMs });
  let result: RunResult;
  let heartbeat: Heartbeat | undefined;
  try {
    heartbeat = await startHeartbeat(deps);
    result = skipReason
      ? { ...skipReason, counts }
      : await refreshDue(deps, options, { startedAtMs, due, counts });
  } catch (error) {
    deps.log.error({ err: error }, 'the sync run failed');
    result = { outcome: 'failed', counts, error: 'internal error, see the log' };
  } finally {
    await heartbeat?.stop();
  }
  await store.endRun(runId, {
    endedAtMs: clock.now(),
    outcome: result.outcome,
    counts,
    ...(result.error === undefined ? {} : { error: result.error }),
  });
  return result;
}

/** A little shorter than a schedule's interval, of which the runs begin a few milliseconds sooner or later. */
const DISCOVERY_SHARE = 0.9;

/** Whether this run looks for new tasks: of the scheduled runs of all servers one does, and each that somebody has asked for. */
async function hasDiscoveryTurn(
  { store, clock, upstreamToken = '' }: SyncDeps,
  { nextInMs }: RunOptions,
): Promise<boolean> {
  if (nextInMs === undefined) return true;
  const account = computeDigest(upstreamToken).toString('base64url');
  return store.takeTurn(`discover ${account}`, { nowMs: clock.now(), forMs: nextInMs * DISCOVERY_SHARE });
}

/** Reasons to skip the upstream entirely. Fewer of them apply to manual runs. */
async function findSkipReason(deps: SyncDeps, trigger: RunTrigger): Promise<RunEnd | undefined> {
  if (deps.offline) return { outcome: 'stopped', error: 'the mirror is offline' };
  if (deps.upstreamToken === undefined) {
    return { outcome: 'stopped', error: 'no upstream token: set ACEDATACLOUD_API_TOKEN' };
  }
  const circuit = await deps.breaker.readCircuit();
  if (!circuit || (trigger !== 'schedule' && circuit.reason !== 'rate-limited')) return undefined;
  return {
    outcome: circuit.reason,
    error: `${circuit.message}; waiting until ${new Date(circuit.untilMs).toISOString()}`,
  };
}

/** @param counts mutated */
async function refreshDue(
  deps: SyncDeps,
  options: RunOptions,
  { startedAtMs, due, counts }: { startedAtMs: number; due: number; counts: RunCounts },
): Promise<RunResult> {
  const { store, clock, upstreamToken = '' } = deps;
  const progress = createRunProgress(deps, counts, options.signal);
  if (due > 0) options.onProgress?.(0, due);

  /** One worker: processes batches until nothing is due or the run is over. */
  const refreshBatches = async (): Promise<void> => {
    while (!progress.isOver) {
      const claims = await store.claimDue({
        dueBeforeMs: startedAtMs,
        nowMs: clock.now(),
        limit: Math.min(deps.batchSize, MAX_BATCH),
        // Long enough for retries, their delays and halving. After a crash, the ids are freed when it expires, at the next
        // start, or at the next run of another process.
        leaseMs: deps.upstreamTimeoutMs * 10,
      });
      // It may have ended in the meantime.
      if (progress.isOver) return store.release(claims);
      if (claims.length === 0) return;
      counts.claimed += claims.length;
      try {
        await refreshBatch(deps, upstreamToken, claims, counts);
        await progress.recordSuccess();
      } catch (error) {
        if (!(error instanceof UpstreamError)) {
          await store.release(claims);
          throw error;
        }
        await progress.recordFailure(claims, error);
      }
      options.onProgress?.(counts.claimed, due);
    }
  };

  const workers = Array.from({ length: deps.concurrency }, refreshBatches);
  // Wait for all workers, then throw the first error: none may continue after the run is over.
  const failed = (await Promise.allSettled(workers)).find((worker) => worker.status === 'rejected');
  if (failed) throw failed.reason;
  return { counts, ...(await progress.finish()) };
}
