/**
 * Ranking is limited to a window: the newest matches, and of older ones the newest that have the words of the query near each other. A
 * later page ranks the first page's window again, with the same weights, which its cursor carries.
 */
import { compareCodePoints } from '../../lib/compare-code-points.ts';
import { uniqueBy } from '../../lib/unique-by.ts';
import type { Cursor } from '../../search/cursor.ts';
import type { RankingBasis } from '../../search/ranking.ts';
import { RANKING_LIMIT } from '../contract/search.ts';
import type { RowPage, Timed } from './time-page.ts';

export interface Scored extends Timed {
  readonly score: number;
}

/** Older matches in the window: each takes as long to rank as a new one. */
const MAX_OLDER = 250;

/** On later pages each part is twice as large, as old tasks may have been stored since. */
function getFactor(after: Cursor | undefined): number {
  return after?.ranking ? 2 : 1;
}

/** The size of the first part of the window. */
export function countNewest(after: Cursor | undefined): number {
  return getFactor(after) * RANKING_LIMIT;
}

/** The size of the second part. */
export function countOlder(after: Cursor | undefined): number {
  return getFactor(after) * MAX_OLDER;
}

/** Which matches are ranked. @param found how many there are, counted at least to just above RANKING_LIMIT */
function getRanked(found: number, after: Cursor | undefined): 'all' | 'newest' {
  return after?.ranking?.ranked ?? (found > RANKING_LIMIT ? 'newest' : 'all');
}

/**
 * Until when older matches are created that are ranked, too, epoch milliseconds; undefined when there are none.
 * @param newest the newest matches of the window
 * @param found the number of matches, counted at least to just above RANKING_LIMIT
 */
export function getEdgeOfNewest(
  newest: readonly Timed[],
  { after, found }: { after?: Cursor | undefined; found: number },
): number | undefined {
  if (getRanked(found, after) === 'all') return undefined;
  return after?.ranking?.oldestMs ?? newest.at(-1)?.createdAt;
}

/** The rows of both parts, each once. */
export function joinWindow<Row extends Timed>(newest: readonly Row[], older: readonly Row[]): Row[] {
  return uniqueBy([...newest, ...older], ({ id }) => id);
}

/**
 * @param scored the window, in any order
 * @param newest its first part, newest first
 * @param found the number of matches, counted at least to just above RANKING_LIMIT
 */
export function takeRankedPage<Row extends Scored>(
  scored: readonly Row[],
  basis: RankingBasis,
  {
    limit,
    after,
    found,
    newest,
  }: { limit: number; after?: Cursor | undefined; found: number; newest: readonly Timed[] },
): RowPage<Row> {
  const before = after?.ranking;
  const ranked = getRanked(found, after);
  const [first, oldest] = [newest[0], newest.at(-1)];
  if (!first || !oldest) return { rows: [], next: undefined, ranked: before?.ranked ?? 'all' };

  const best = [...scored].sort(compareScored);
  const rest =
    after && before
      ? best.filter((hit) => compareScored({ score: before.score, id: after.id }, hit) < 0)
      : best;
  const rows = rest.slice(0, limit);
  const last = rows.at(-1);
  if (rest.length <= limit || !last) return { rows, next: undefined, ranked, ranking: basis };
  const ranking = {
    weights: [...basis.weights],
    averageLength: basis.averageLength,
    nowMs: basis.nowMs,
    score: last.score,
    newestMs: before?.newestMs ?? first.createdAt,
    oldestMs: before?.oldestMs ?? oldest.createdAt,
    ranked,
  };
  return {
    rows,
    next: { sort: 'relevance', createdAtMs: last.createdAt, id: last.id, ranking },
    ranked,
    ranking: basis,
  };
}

/** Best first; ties by id, so that no page repeats or skips a match. */
function compareScored(a: Pick<Scored, 'score' | 'id'>, b: Pick<Scored, 'score' | 'id'>): number {
  return b.score - a.score || compareCodePoints(a.id, b.id);
}
