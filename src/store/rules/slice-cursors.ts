/** Cursors at which the slices of a month start. */
import { type Cursor, createEdgeCursor } from '../../search/cursor.ts';
import type { TimeRange } from '../../search/dates.ts';
import type { Direction, Timed } from './time-page.ts';

/**
 * @param rows of the month, in their order
 * @returns one for each slice: the first stands before whatever the month has, the others at the last row of the slice before
 */
export function createSliceCursors(
  rows: readonly Timed[],
  { month, sort, sliceSize }: { month: TimeRange; sort: Direction; sliceSize: number },
): Cursor[] {
  if (rows.length === 0) return [];
  const cursors = [createEdgeCursor(sort, sort === 'newest' ? month.toMs : month.fromMs)];
  for (let at = sliceSize; at < rows.length; at += sliceSize) {
    const last = rows[at - 1];
    if (last) cursors.push({ sort, createdAtMs: last.createdAt, id: last.id });
  }
  return cursors;
}
