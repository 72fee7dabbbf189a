/**
 * Ranking is limited to a window: the newest matches. A later page ranks the first page's window again, with the same
 * weights, which its cursor carries.
 */
import { compareCodePoints } from '../../lib/compare-code-points.ts';
import type { Cursor } from '../../search/cursor.ts';
import type { RankingBasis } from '../../search/ranking.ts';
import { RANKING_LIMIT } from '../contract/search.ts';
import type { RowPage, Timed } from './time-page.ts';

export interface Scored extends Timed {
  readonly score: number;
}

/** @param matches newest first; for a later page, those of the first page's window */
export function takeRankingWindow<Row extends Timed>(
  matches: Iterable<Row>,
  after: Cursor | undefined,
): Row[] {
  const size = (after?.ranking ? 2 : 1) * RANKING_LIMIT; // twice: old tasks may have been stored since
  const window: Row[] = [];
  for (const row of matches) {
    window.push(row);
    if (window.length >= size) break;
  }
  return window;
}

/**
 * @param scored the window, newest first
 * @param found the number of matches, counted at least to just above RANKING_LIMIT
 */
export function takeRankedPage<Row extends Scored>(
  scored: readonly Row[],
  basis: RankingBasis,
  { limit, after, found }: { limit: number; after?: Cursor | undefined; found: number },
): RowPage<Row> {
  const before = after?.ranking;
  const ranked = before?.ranked ?? (found > RANKING_LIMIT ? 'newest' : 'all');
  const [newest, oldest] = [scored[0], scored.at(-1)];
  if (!newest || !oldest) return { rows: [], next: undefined, ranked: before?.ranked ?? 'all' };

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
    newestMs: before?.newestMs ?? newest.createdAt,
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
