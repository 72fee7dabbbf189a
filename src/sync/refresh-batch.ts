/** Refreshes one batch of claimed ids, or each of its halves if the upstream refuses it. */
import { logUnusable } from '../store/contract/batch-result.ts';
import type { RunCounts } from '../store/contract/runs.ts';
import type { Claim } from '../store/contract/tracking.ts';
import { isUnknownTask } from '../upstream/answers.ts';
import type { UpstreamError } from '../upstream/errors.ts';
import { requestInHalves } from '../upstream/halve-batch.ts';
import type { SyncDeps } from './deps.ts';
import { recordFailed, recordPending, recordUnknown } from './refresh-outcome.ts';

/**
 * Fetches the claimed ids, stores the documents and records the outcome of every claim, in one transaction per request.
 * @param counts mutated
 * @throws UpstreamError when the upstream did not answer; the claims are then untouched
 */
export async function refreshBatch(
  deps: SyncDeps,
  token: string,
  claims: readonly Claim[],
  counts: RunCounts,
): Promise<void> {
  await requestInHalves(
    claims,
    (part) => requestBatch(deps, token, part, counts),
    (claim, error) => recordRejectedClaim(deps, claim, error, counts),
  );
}

async function requestBatch(deps: SyncDeps, token: string, claims: readonly Claim[], counts: RunCounts) {
  const { store, upstream, clock, random } = deps;
  const requestSeq = await store.nextRequestSeq();
  const ids = claims.map(({ id }) => id);
  counts.requests += 1;
  const { documents, dropped } = await upstream.retrieveBatch(ids, { token, priority: 'background' });

  const nowMs = clock.now();
  const byId = new Map(documents.map((document) => [document.id, document]));
  const unfinished = claims.filter(({ id }) => (byId.get(id)?.state ?? 'pending') === 'pending');
  const outcomes = unfinished.map((claim) =>
    byId.has(claim.id)
      ? recordPending(claim, { nowMs, random })
      : recordUnknown(claim, deps.giveUpAfterMs, { nowMs, random }),
  );
  const result = await store.storeDocuments({
    ...{ documents, requestSeq, fetchedAtMs: nowMs, outcomes },
    announces: 'all',
  });
  logUnusable(result, deps.log);
  const unusable = new Set(result.unusable?.map(({ id }) => id));
  const finished = claims.filter((claim) => !unfinished.includes(claim));
  const failed = finished.filter(({ id }) => unusable.has(id));
  if (failed.length > 0) await recordUnstored(deps, failed);

  counts.finished += finished.length - failed.length;
  counts.failed += failed.length;
  counts.pending += unfinished.filter(({ id }) => byId.has(id)).length;
  counts.unknown += unfinished.filter(({ id }) => !byId.has(id)).length;
  counts.givenUp += outcomes.filter(({ dueAtMs }) => dueAtMs === undefined).length;
  counts.regressions += result.regressions;
  counts.dropped += dropped.unasked + dropped.duplicate + dropped.malformed;
}

/** Nothing stored has ended the tracking of these: they are tried again with backoff, instead of whenever their lease ends. */
async function recordUnstored({ store, clock, random }: SyncDeps, claims: readonly Claim[]): Promise<void> {
  const nowMs = clock.now();
  await store.storeDocuments({
    documents: [],
    requestSeq: await store.nextRequestSeq(),
    fetchedAtMs: nowMs,
    outcomes: claims.map((claim) => recordFailed(claim, 'its document can not be stored', { nowMs, random })),
  });
}

async function recordRejectedClaim(deps: SyncDeps, claim: Claim, error: UpstreamError, counts: RunCounts) {
  const { store, clock, random } = deps;
  const nowMs = clock.now();
  const isUnknown = error.answer !== undefined && isUnknownTask(error.answer);
  const outcome = isUnknown
    ? recordUnknown(claim, deps.giveUpAfterMs, { nowMs, random })
    : recordFailed(claim, error.message, { nowMs, random });
  await store.storeDocuments({
    documents: [],
    requestSeq: await store.nextRequestSeq(),
    fetchedAtMs: nowMs,
    outcomes: [outcome],
  });
  if (isUnknown) counts.unknown += 1;
  else counts.failed += 1;
  if (outcome.dueAtMs === undefined) counts.givenUp += 1;
}
