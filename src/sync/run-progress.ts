/** Tracks the results of a sync run batch by batch, and decides when they end the run. */
import type { RunCounts, RunOutcome } from '../store/contract/runs.ts';
import type { Claim } from '../store/contract/tracking.ts';
import type { UpstreamError } from '../upstream/errors.ts';
import type { SyncDeps } from './deps.ts';
import { createFailedBatches } from './failed-batches.ts';

/** Consecutive failed batches after which the upstream counts as down, rather than a batch as bad. */
const FAILURES_BEFORE_STOPPING = 3;
/** A run waits at most this long for a cooldown; after a longer one, the next run continues. */
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
  /** A batch failed: releases its claims or holds them until the end, and waits for a short cooldown. */
  recordFailure(claims: readonly Claim[], error: UpstreamError): Promise<void>;
  /** Records the outcome of failed batches. Called once, when every worker has ended. */
  finish(): Promise<RunEnd>;
}

/** @param counts mutated */
export function createRunProgress(
  deps: SyncDeps,
  counts: RunCounts,
  signal: AbortSignal | undefined,
): RunProgress {
  const { store, clock, log, breaker } = deps;
  const failed = createFailedBatches(deps);
  let consecutiveFailures = 0;
  let lastFailure: UpstreamError | undefined;
  let hasAnswer = false;
  let end: RunEnd | undefined;

  const release = async (claims: readonly Claim[]): Promise<void> => {
    await store.release(claims);
    counts.claimed -= claims.length;
  };

  /** Ends the run and opens the circuit; if several workers fail, the first decides. */
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
      consecutiveFailures = 0;
      hasAnswer = true;
      await failed.recordOutcomes();
      await breaker.closeCircuit();
    },
    recordFailure: async (claims, error) => {
      if (signal?.aborted) return release(claims); // aborted by the shutdown: says nothing about the ids
      if (error.isRejection) {
        // Only then: another worker or server would claim them.
        await stop('rejected', error);
        return release(claims);
      }
      if (error.asksToWait) {
        await release(claims);
        return waitForCooldown();
      }
      log.warn({ error: error.message, ids: claims.length }, 'a batch failed');
      failed.add(claims, error);
      counts.failed += claims.length;
      consecutiveFailures += 1;
      lastFailure = error;
      if (consecutiveFailures >= FAILURES_BEFORE_STOPPING) await stop('unreachable', error);
    },
    finish: async () => {
      if (signal?.aborted) end ??= { outcome: 'stopped', error: 'stopped' };
      // For runs with fewer than FAILURES_BEFORE_STOPPING batches.
      if (lastFailure && !hasAnswer) await stop('unreachable', lastFailure);
      await (hasAnswer ? failed.recordOutcomes() : failed.release());
      return end ?? { outcome: 'done', error: lastFailure?.message };
    },
  };
}
