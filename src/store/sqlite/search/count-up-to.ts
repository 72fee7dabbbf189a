/** Counts rows, but no more than needed: the matches of a common word take ten milliseconds at a million tasks. */
import type { Sqlite } from '../database.ts';
import { buildWhereClause, type Condition, collectParams } from '../filter-sql.ts';

/** @returns the number of rows, at most `limit` */
export function countUpTo(
  { raw }: Sqlite,
  { from, conditions }: { readonly from: string; readonly conditions: readonly Condition[] },
  limit: number,
): number {
  const count = raw
    .prepare<unknown[], number>(
      `SELECT count(*) FROM (SELECT 1 FROM ${from} ${buildWhereClause(conditions)} LIMIT ${limit})`,
    )
    .pluck()
    .get(...collectParams(conditions));
  return count ?? 0;
}
