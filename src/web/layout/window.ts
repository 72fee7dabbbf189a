/** Which rows, and so which tiles, are within a stretch of the wall. */
import { findLastAtMost, type Rows } from './justify.ts';

/** [first, end) */
export interface Range {
  readonly first: number;
  readonly end: number;
}

const EMPTY: Range = { first: 0, end: 0 };

/** The rows that touch the stretch [fromY, toY). */
export function findRows({ tops, count }: Rows, fromY: number, toY: number): Range {
  if (count === 0 || toY <= 0 || fromY >= (tops[count] ?? 0) || toY <= fromY) return EMPTY;
  const first = findLastAtMost(tops.subarray(0, count), Math.max(0, fromY));
  const last = findLastAtMost(tops.subarray(0, count), toY);
  return { first, end: (tops[last] ?? 0) < toY ? last + 1 : last };
}

/** The tiles of rows. */
export function findTiles({ starts }: Rows, { first, end }: Range): Range {
  return { first: starts[first] ?? 0, end: starts[end] ?? 0 };
}
