/** A page of matches in the order of time, ties by id, and where the next one goes on. */
import type { Cursor } from '../../search/cursor.ts';
import type { SearchPage, SortOrder } from '../contract/search.ts';

/** What a match is ordered by. */
export interface Timed {
  /** Epoch milliseconds. */
  readonly createdAt: number;
  readonly id: string;
}

export type Direction = Exclude<SortOrder, 'relevance'>;

/** A page of rows that are still to be loaded. */
export interface RowPage<Row extends Timed> extends Pick<SearchPage, 'next' | 'ranked'> {
  readonly rows: readonly Row[];
}

/** Below zero when `a` comes first. */
export function compareInTime(direction: Direction, a: Timed, b: Timed): number {
  const order = a.createdAt - b.createdAt || (a.id < b.id ? -1 : a.id > b.id ? 1 : 0);
  return direction === 'oldest' ? order : -order;
}

/**
 * Takes a page, and reads no row more than it must.
 * @param rows in the order of time, beginning at the cursor or before it
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
