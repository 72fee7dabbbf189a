/** Counts rows, but no more than needed: the matches of a common word take ten milliseconds at a million tasks. */
import type { Sqlite } from '../database.ts';
import { buildWhereClause, type Condition, collectParams } from '../filter-sql.ts';

interface CountedRows {
  readonly from: string;
  readonly conditions: readonly Condition[];
  /** Where to begin; by default where SQLite likes, which is at the oldest ones. */
  readonly orderBy?: string | undefined;
}

/** @returns the number of rows, at most `limit` */
export function countUpTo(
  { raw }: Sqlite,
  { from, conditions, orderBy }: CountedRows,
  limit: number,
): number {
  const order = orderBy === undefined ? '' : `ORDER BY ${orderBy}`;
  const count = raw
    .prepare<unknown[], number>(
      `SELECT count(*) FROM (SELECT 1 FROM ${from} ${buildWhereClause(conditions)} ${order} LIMIT ${limit})`,
    )
    .pluck()
    .get(...collectParams(conditions));
  return count ?? 0;
}
