/**
 * Holds the failed batches of a run until the cause is known. If the upstream answers another batch, they were at fault, and
 * their ids are retried with exponential backoff; if it answers none, it is down, and the outage must not delay them.
 */
import type { Claim } from '../store/contract/tracking.ts';
import type { UpstreamError } from '../upstream/errors.ts';
import type { SyncDeps } from './deps.ts';
import { recordFailed } from './refresh-outcome.ts';

export interface FailedBatches {
  add(claims: readonly Claim[], error: UpstreamError): void;
  /** The upstream works: records a failure for each id. */
  recordOutcomes(): Promise<void>;
  /** The upstream is down: makes the ids due at once, behind those that have waited longer, so that none is starved. */
  release(): Promise<void>;
}

export function createFailedBatches({ store, clock, random }: SyncDeps): FailedBatches {
  let batches: { claims: readonly Claim[]; error: UpstreamError }[] = [];
  const take = () => {
    const taken = batches;
    batches = [];
    return taken;
  };
  return {
    add: (claims, error) => void batches.push({ claims, error }),
    recordOutcomes: async () => {
      const nowMs = clock.now();
      const outcomes = take().flatMap(({ claims, error }) =>
        claims.map((claim) => recordFailed(claim, error.message, { nowMs, random })),
      );
      if (outcomes.length === 0) return;
      const requestSeq = await store.nextRequestSeq();
      await store.storeDocuments({ documents: [], requestSeq, fetchedAtMs: nowMs, outcomes });
    },
    release: async () => {
      const claims = take().flatMap((batch) => batch.claims);
      if (claims.length > 0) await store.release(claims, { dueAtMs: clock.now() });
    },
  };
}
