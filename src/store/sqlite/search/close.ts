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
import type { Sqlite } from '../database.ts';
import { type CandidateRow, readCandidates } from './candidate-prompts.ts';
import { findCandidates } from './close-candidates.ts';
import { openVocabulary } from './open-vocabulary.ts';

type CloseCandidate = CandidateRow<ClosePrompt>;
export type CloseRow = ClosePage<CloseCandidate>['rows'][number];

/**
 * @param options.maxDisplacement how far a row's position may be above the slot of its time
 * @param options.without positions of tasks that match exactly although their prompts don't, by their notes
 */
export function findCloseMatches(
  db: Sqlite,
  request: SearchRequest,
  { maxDisplacement, without }: { maxDisplacement: number; without: ReadonlySet<number> },
): ClosePage<CloseCandidate> {
  const { query, filter, after, groupByPrompt = false } = request;
  const { strict, loose } = splitQuery(query);
  if (loose.length === 0) return NO_CLOSE_MATCHES;
  const toMs = after?.close?.toMs ?? findEnd(db, request);
  const plan =
    after?.close?.plan ?? createClosePlan(loose, openVocabulary(db, filter.within, maxDisplacement));
  const positions = findCandidates(db, {
    plan,
    strict,
    filter,
    beforeMs: toMs,
    maxDisplacement,
    limit: MAX_CANDIDATE_ROWS,
    without,
  });
  const collected = createCandidateCollection<CloseCandidate>();
  const candidates = readCandidates(db, positions, {
    oncePerPrompt: groupByPrompt,
    parsePrompt: (prompt) => readClosePrompt(prompt, loose),
  });
  for (const row of candidates) if (!collected.add(row)) break;
  return takeClosePage(collected, request, { plan, strict, toMs });
}

/**
 * From when on tasks are not part of the pages, epoch milliseconds: now, or behind the newest task. To a caller with limits, the time
 * of that would tell of others' tasks.
 */
function findEnd({ raw }: Sqlite, { filter, nowMs }: SearchRequest): number {
  if (filter.within) return nowMs + 1;
  const newest = raw
    .prepare<[], { at: number | null }>(
      'SELECT max(created_at) AS at FROM (SELECT created_at FROM tasks INDEXED BY tasks_narrow ORDER BY position DESC LIMIT 1000)',
    )
    .get()?.at;
  return Math.max(nowMs, newest ?? 0) + 1;
}
