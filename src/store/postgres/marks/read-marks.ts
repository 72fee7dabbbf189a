/** The marks of tasks. */
import type { TaskMarks } from '../../contract/marks.ts';
import { type MarkRow, parseMarkRow } from '../../rules/mark-row.ts';
import type { Queryable } from '../database.ts';
import { marks } from '../schema/marks.ts';
import { selectColumns } from '../select-columns.ts';

const MARK_NAMES = [
  ...(['id', 'isStarred', 'rating', 'tags', 'note', 'isHidden', 'version', 'changedAt'] as const),
] satisfies readonly (keyof MarkRow)[];

/** The columns of a MarkRow: the terms of the note are not needed to show it. */
export const MARK = selectColumns(marks, MARK_NAMES);

/** @returns the marks of those that have some, by id */
export async function readMarks(
  { query }: Pick<Queryable, 'query'>,
  ids: readonly string[],
): Promise<ReadonlyMap<string, TaskMarks>> {
  if (ids.length === 0) return new Map();
  const rows = await query<MarkRow>(`SELECT ${MARK} FROM marks WHERE id = ANY($1::text[])`, [ids]);
  return new Map(rows.map((row) => [row.id, parseMarkRow(row)]));
}
