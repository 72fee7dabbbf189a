/** What a sync run learns of the upstream batch by batch, and when that ends the run. */
import type { RunCounts, RunOutcome } from '../store/contract/runs.ts';
import type { Claim } from '../store/contract/tracking.ts';
import type { UpstreamError } from '../upstream/errors.ts';
import type { SyncDeps } from './deps.ts';
import { createFailedBatches } from './failed-batches.ts';

/** So many failed batches in a row mean that the upstream is down, not that a batch is bad. */
const FAILURES_BEFORE_STOPPING = 3;
/** A run waits this long for a rate limit to pass; beyond it, the next run goes on. */
const MAX_WAIT_IN_RUN_MS = 60_000;

export interface RunEnd {
  readonly outcome: RunOutcome;
  readonly error: string | undefined;
}

export interface RunProgress {
  /** No further batch may be claimed. */
  readonly isOver: boolean;
  /** A batch was answered: the upstream works. */
  recordSuccess(): Promise<void>;
  /** A batch failed: its claims are released or kept for the end, and a short cooldown is waited for. */
  recordFailure(claims: readonly Claim[], error: UpstreamError): Promise<void>;
  /** Decides over the batches that failed. Called once, when every worker has ended. */
  finish(): Promise<RunEnd>;
}

/** @param counts is added to */
export function createRunProgress(
  deps: SyncDeps,
  counts: RunCounts,
  signal: AbortSignal | undefined,
): RunProgress {
  const { store, clock, log, breaker } = deps;
  const failed = createFailedBatches(deps);
  let failuresInARow = 0;
  let lastFailure: UpstreamError | undefined;
  let hasAnswer = false;
  let end: RunEnd | undefined;

  const release = async (claims: readonly Claim[]): Promise<void> => {
    await store.release(claims);
    counts.claimed -= claims.length;
  };

  /** Ends the run and leaves the upstream alone for a while; of two workers that fail alike the first decides. */
  const stop = async (reason: 'rejected' | 'unreachable', error: UpstreamError): Promise<void> => {
    if (end) return;
    end = { outcome: reason, error: error.message };
    await breaker.openCircuit(reason, error);
    log.warn({ reason, error: error.message }, 'the sync run stopped');
  };

  const waitForCooldown = async (): Promise<void> => {
    const circuit = await breaker.readCircuit();
    if (!circuit) return;
    const waitMs = circuit.untilMs - clock.now();
    if (waitMs > MAX_WAIT_IN_RUN_MS || circuit.times > FAILURES_BEFORE_STOPPING) {
      end ??= { outcome: 'rate-limited', error: circuit.message };
      return;
    }
    log.info({ wait_ms: waitMs }, 'the upstream asks to wait');
    await clock.sleep(waitMs, signal).catch(() => undefined); // aborted: the loop ends by itself
  };

  return {
    get isOver() {
      return end !== undefined || signal?.aborted === true;
    },
    recordSuccess: async () => {
      failuresInARow = 0;
      hasAnswer = true;
      await failed.recordOutcomes();
      await breaker.closeCircuit();
    },
    recordFailure: async (claims, error) => {
      if (signal?.aborted) return release(claims); // cut off by the stop: nothing is known of them
      if (error.isRejection) {
        await release(claims);
        return stop('rejected', error);
      }
      if (error.asksToWait) {
        await release(claims);
        return waitForCooldown();
      }
      log.warn({ error: error.message, ids: claims.length }, 'a batch failed');
      failed.add(claims, error);
      counts.failed += claims.length;
      failuresInARow += 1;
      lastFailure = error;
      if (failuresInARow >= FAILURES_BEFORE_STOPPING) await stop('unreachable', error);
    },
    finish: async () => {
      if (signal?.aborted) end ??= { outcome: 'stopped', error: 'stopped' };
      // Too few batches to fail three times in a row.
      if (lastFailure && !hasAnswer) await stop('unreachable', lastFailure);
      await (hasAnswer ? failed.recordOutcomes() : failed.giveBack());
      return end ?? { outcome: 'done', error: lastFailure?.message };
    },
  };
}
