/** Relevance within a window of matches. */
import { collectWantedText, type Query } from '../../../search/ast.ts';
import { computeIdf, MAX_RANKED_CHARACTERS, type RankingBasis, score } from '../../../search/ranking.ts';
import type { Term } from '../../../search/terms.ts';
import type { SearchRequest } from '../../contract/search.ts';
import {
  countNewest,
  countOlder,
  getEdgeOfNewest,
  joinWindow,
  type Scored,
  takeRankedPage,
} from '../../rules/ranking-window.ts';
import {
  computeIdfsWithin,
  computeRankedLength,
  extractRankedTerms,
  LENGTH_SAMPLE,
} from '../../rules/relevance.ts';
import type { RowPage } from '../../rules/time-page.ts';
import { countTasks } from '../counts.ts';
import type { Snapshot } from '../snapshot.ts';
import { createPromptCounter } from './count-prompts.ts';
import { readPrompts } from './read-tasks.ts';
import { buildNearConditions } from './text-conditions.ts';
import { findHits, type Hits, type TimedRow } from './time-search.ts';

/** A match with the beginning of its prompt. */
type ReadRow = TimedRow & { readonly prompt: string };

/** @param found the number of hits, counted at least to just above RANKING_LIMIT */
export async function findRankedPage(
  snapshot: Snapshot,
  { query, filter, limit, after, nowMs }: SearchRequest,
  { hits, found }: { hits: Hits; found: number },
): Promise<RowPage<TimedRow>> {
  const before = after?.ranking;
  const newest = await findHits(snapshot, hits, {
    direction: 'newest',
    limit: countNewest(after),
    within: before ? { fromMs: before.oldestMs, toMs: before.newestMs + 1 } : {},
  });
  const edgeMs = getEdgeOfNewest(newest, { after, found });
  const near = buildNearConditions(query, 'prompts');
  const older =
    near.length > 0 && edgeMs !== undefined
      ? await findHits(
          snapshot,
          { ...hits, conditions: [...hits.conditions, ...near] },
          { direction: 'newest', limit: countOlder(after), within: { toMs: edgeMs + 1 } },
        )
      : [];
  const window = await readWindow(snapshot, joinWindow(newest, older));
  const basis =
    before ??
    (await prepareRanking(snapshot, { query, isLimited: filter.within !== undefined }, window, nowMs));
  return takeRankedPage(scoreAll(snapshot, query, window, basis), basis, { limit, after, found, newest });
}

async function readWindow(snapshot: Snapshot, rows: readonly TimedRow[]): Promise<ReadRow[]> {
  const prompts = await readPrompts(
    snapshot,
    rows.map(({ task }) => task),
    MAX_RANKED_CHARACTERS,
  );
  return rows.map((row) => ({ ...row, prompt: prompts.get(row.task) ?? '' }));
}

/** @param options.isLimited whether the caller has limits: then only the window, which is visible, may be counted */
async function prepareRanking(
  snapshot: Snapshot,
  { query, isLimited }: { query: Query; isLimited: boolean },
  window: readonly ReadRow[],
  nowMs: number,
): Promise<RankingBasis> {
  if (window.length === 0) return { weights: [], averageLength: 0, nowMs };
  const leaves = collectWantedText(query);
  return {
    weights: isLimited
      ? computeIdfsWithin(leaves, readTerms(snapshot, window))
      : await computeIdfs(snapshot, leaves),
    averageLength: computeRankedLength([...readTerms(snapshot, window.slice(0, LENGTH_SAMPLE))]),
    nowMs,
  };
}

async function computeIdfs(
  snapshot: Snapshot,
  leaves: ReturnType<typeof collectWantedText>,
): Promise<number[]> {
  const total = await countTasks(snapshot);
  const { count } = await createPromptCounter(snapshot, total);
  return (await count(leaves)).map((matches) => computeIdf(matches, total));
}

function* readTerms(snapshot: Snapshot, window: readonly ReadRow[]): Generator<Term[]> {
  for (const { prompt } of window) {
    snapshot.checkInterrupt();
    yield extractRankedTerms(prompt);
  }
}

function scoreAll(
  snapshot: Snapshot,
  query: Query,
  window: readonly ReadRow[],
  basis: RankingBasis,
): (TimedRow & Scored)[] {
  const leaves = collectWantedText(query);
  return window.map(({ prompt, ...row }) => {
    snapshot.checkInterrupt();
    return { ...row, score: score(leaves, extractRankedTerms(prompt), row.createdAt, basis) };
  });
}
