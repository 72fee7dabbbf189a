/** The accounts whose documents are stored. */
import type { Sqlite } from './database.ts';

const MAX_VALUES = 20;

/** Skips from one distinct index value to the next, so that a million tasks of one user cost as much as one. */
export function readAccounts({ raw }: Sqlite): { userIds: string[]; applicationIds: string[] } {
  const selectDistinct = (column: 'user_id' | 'application_id') =>
    raw
      .prepare<[], string>(
        `WITH RECURSIVE found (value) AS (
           SELECT min(${column}) FROM tasks
           UNION ALL
           SELECT (SELECT min(${column}) FROM tasks WHERE ${column} > found.value) FROM found
           WHERE found.value IS NOT NULL LIMIT ${MAX_VALUES + 1}
         ) SELECT value FROM found WHERE value IS NOT NULL LIMIT ${MAX_VALUES}`,
      )
      .pluck()
      .all();
  return { userIds: selectDistinct('user_id'), applicationIds: selectDistinct('application_id') };
}
