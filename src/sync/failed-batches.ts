/**
 * The batches of a run that failed, until it shows whose fault it was: when the upstream answers another one, theirs, and their ids
 * are looked at ever more rarely; when it answers none, the upstream's, and its outage shall not delay them.
 */
import type { Claim } from '../store/contract/tracking.ts';
import type { UpstreamError } from '../upstream/errors.ts';
import type { SyncDeps } from './deps.ts';
import { recordFailed } from './refresh-outcome.ts';

export interface FailedBatches {
  add(claims: readonly Claim[], error: UpstreamError): void;
  /** The upstream answers: each has failed by itself. */
  recordOutcomes(): Promise<void>;
  /** The upstream is down. They are due at once, behind those that have waited longer, so that nobody stands in front of others. */
  giveBack(): Promise<void>;
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
    giveBack: async () => {
      const claims = take().flatMap((batch) => batch.claims);
      if (claims.length > 0) await store.release(claims, { dueAtMs: clock.now() });
    },
  };
}
