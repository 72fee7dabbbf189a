/** Close matches: what comes near to a query, best first, after what matches it exactly. */
import { createClosePlan } from '../../../search/close/create-plan.ts';
import { splitQuery } from '../../../search/close/split-query.ts';
import type { SearchRequest } from '../../contract/search.ts';
import {
  type ClosePage,
  type ClosePrompt,
  createCandidateCollection,
  MAX_CANDIDATE_ROWS,
  NO_CLOSE_MATCHES,
  readClosePrompt,
  takeClosePage,
} from '../../rules/close-ranking.ts';
import type { Snapshot } from '../snapshot.ts';
import { type CandidateRow, readCandidates } from './candidate-prompts.ts';
import { findCandidates } from './close-candidates.ts';
import { planWithVocabulary } from './vocabulary.ts';

type CloseCandidate = CandidateRow<ClosePrompt>;
export type CloseRow = ClosePage<CloseCandidate>['rows'][number];

/** @param without keys of tasks that match exactly although their prompts don't, by their notes */
export async function findCloseMatches(
  snapshot: Snapshot,
  request: SearchRequest,
  without: ReadonlySet<number>,
): Promise<ClosePage<CloseCandidate>> {
  const { query, filter, after, groupByPrompt = false } = request;
  const { strict, loose } = splitQuery(query);
  if (loose.length === 0) return NO_CLOSE_MATCHES;
  const toMs = after?.close?.toMs ?? (await findEnd(snapshot, request));
  const plan =
    after?.close?.plan ??
    (await planWithVocabulary(snapshot, filter.within, (vocabulary) => createClosePlan(loose, vocabulary)));
  const keys = await findCandidates(snapshot, {
    ...{ plan, strict, filter, without },
    beforeMs: toMs,
    limit: MAX_CANDIDATE_ROWS,
  });
  const collected = createCandidateCollection<CloseCandidate>();
  const candidates = readCandidates(snapshot, keys, {
    oncePerPrompt: groupByPrompt,
    parsePrompt: (prompt) => readClosePrompt(prompt, loose),
  });
  for await (const row of candidates) if (!collected.add(row)) break;
  return takeClosePage(collected, request, { plan, strict, toMs });
}

/**
 * From when on tasks are not part of the pages, epoch milliseconds: now, or behind the newest task. To a caller with limits, the time
 * of that would tell of others' tasks.
 */
async function findEnd(snapshot: Snapshot, { filter, nowMs }: SearchRequest): Promise<number> {
  if (filter.within) return nowMs + 1;
  const [newest] = await snapshot.query<{ at: number | null }>('SELECT max(created_at) AS at FROM tasks');
  return Math.max(nowMs, newest?.at ?? 0) + 1;
}
