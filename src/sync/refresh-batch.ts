/** Refreshes one batch of claimed ids. A batch that the upstream refuses is halved until the culprit is alone. */
import type { RunCounts } from '../store/contract/runs.ts';
import type { Claim } from '../store/contract/tracking.ts';
import { saysUnknown } from '../upstream/answers.ts';
import { UpstreamError } from '../upstream/errors.ts';
import type { SyncParts } from './parts.ts';
import { settleFailed, settlePending, settleUnknown } from './settlement.ts';

/** "This request is wrong", as against "not now" or "not you". */
const REFUSED = new Set([400, 404, 413, 422]);

/**
 * Asks for the claimed ids, stores what comes and settles every claim, in one transaction a request.
 * @param counts is added to
 * @throws UpstreamError when the upstream did not answer; the claims are then untouched
 */
export async function refreshBatch(
  parts: SyncParts,
  token: string,
  claims: readonly Claim[],
  counts: RunCounts,
): Promise<void> {
  try {
    await requestBatch(parts, token, claims, counts);
  } catch (error) {
    if (!(error instanceof UpstreamError) || error.status === undefined || !REFUSED.has(error.status))
      throw error;
    const [first, ...others] = claims;
    if (!first) return;
    if (others.length === 0) {
      await settleCulprit(parts, first, error, counts);
      return;
    }
    const middle = Math.ceil(claims.length / 2);
    await refreshBatch(parts, token, claims.slice(0, middle), counts);
    await refreshBatch(parts, token, claims.slice(middle), counts);
  }
}

async function requestBatch(parts: SyncParts, token: string, claims: readonly Claim[], counts: RunCounts) {
  const { store, upstream, clock, random } = parts;
  const requestSeq = await store.nextRequestSeq();
  const ids = claims.map(({ id }) => id);
  counts.requests += 1;
  const { documents, dropped } = await upstream.retrieveBatch(ids, { token, patience: 'background' });

  const nowMs = clock.now();
  const byId = new Map(documents.map((document) => [document.id, document]));
  const unfinished = claims.filter(({ id }) => (byId.get(id)?.state ?? 'pending') === 'pending');
  const settlements = unfinished.map((claim) =>
    byId.has(claim.id)
      ? settlePending(claim, { nowMs, random })
      : settleUnknown(claim, parts.giveUpAfterMs, { nowMs, random }),
  );
  const result = await store.putBatch({ documents, requestSeq, fetchedAtMs: nowMs, settlements });

  counts.finished += claims.length - unfinished.length;
  counts.pending += unfinished.filter(({ id }) => byId.has(id)).length;
  counts.unknown += unfinished.filter(({ id }) => !byId.has(id)).length;
  counts.givenUp += settlements.filter(({ dueAtMs }) => dueAtMs === undefined).length;
  counts.regressions += result.regressions;
  counts.dropped += dropped.unasked + dropped.duplicate + dropped.malformed;
}

async function settleCulprit(parts: SyncParts, claim: Claim, error: UpstreamError, counts: RunCounts) {
  const { store, clock, random } = parts;
  const nowMs = clock.now();
  const isUnknown = error.answer !== undefined && saysUnknown(error.answer);
  const settlement = isUnknown
    ? settleUnknown(claim, parts.giveUpAfterMs, { nowMs, random })
    : settleFailed(claim, error.message, { nowMs, random });
  await store.putBatch({
    documents: [],
    requestSeq: await store.nextRequestSeq(),
    fetchedAtMs: nowMs,
    settlements: [settlement],
  });
  if (isUnknown) counts.unknown += 1;
  else counts.failed += 1;
  if (settlement.dueAtMs === undefined) counts.givenUp += 1;
}
