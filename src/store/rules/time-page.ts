/** A page of matches in time order, ties by id, and where the next page starts. */
import { compareCodePoints } from '../../lib/compare-code-points.ts';
import type { Cursor } from '../../search/cursor.ts';
import type { SearchPage, SortOrder } from '../contract/search.ts';

/** The sort key of a match. */
export interface Timed {
  /** Epoch milliseconds. */
  readonly createdAt: number;
  readonly id: string;
}

export type Direction = Exclude<SortOrder, 'relevance'>;

/** A page of rows whose documents are not loaded yet. */
export interface RowPage<Row extends Timed> extends Pick<SearchPage, 'next' | 'ranked' | 'ranking'> {
  readonly rows: readonly Row[];
}

/** Negative when `a` comes first. */
export function compareInTime(direction: Direction, a: Timed, b: Timed): number {
  const order = a.createdAt - b.createdAt || compareCodePoints(a.id, b.id);
  return direction === 'oldest' ? order : -order;
}

/**
 * Takes a page, reading no more rows than needed.
 * @param rows in time order, starting at or before the cursor
 */
export function takeTimePage<Row extends Timed>(
  rows: Iterable<Row>,
  { sort, limit, after }: { sort: Direction; limit: number; after?: Cursor | undefined },
): RowPage<Row> {
  const taken: Row[] = [];
  for (const row of rows) {
    if (after && compareInTime(sort, { createdAt: after.createdAtMs, id: after.id }, row) >= 0) continue;
    taken.push(row);
    if (taken.length > limit) break;
  }
  const last = taken[limit - 1];
  const next = taken.length > limit && last ? { sort, createdAtMs: last.createdAt, id: last.id } : undefined;
  return { rows: taken.slice(0, limit), next, ranked: undefined };
}
