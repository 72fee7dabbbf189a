/** The history list, the stream of all documents for export, and the accounts. Ties in time are in order of arrival. */
import type { StoredTask, TaskStore } from '../contract/tasks.ts';
import { buildWhereClause, collectParams, numberParams } from './conditions.ts';
import type { Postgres } from './database.ts';
import { buildFilterConditions } from './filter-sql.ts';
import { IS_DOCUMENT, STORED_TASK } from './task-row.ts';

const STREAM_PAGE_SIZE = 500;
const MAX_ACCOUNTS = 20;

export function createHistoryStore(
  db: Postgres,
): Pick<TaskStore, 'list' | 'countUpTo' | 'stream' | 'accounts'> {
  const listDistinct = async (column: 'user_id' | 'application_id'): Promise<string[]> => {
    // Skips from one value to the next in the index, so that a million tasks of one user cost as much as one.
    const rows = await db.read<{ value: string }>(
      `WITH RECURSIVE found (value) AS (
         SELECT min(${column}) FROM tasks
         UNION ALL
         SELECT (SELECT min(${column}) FROM tasks WHERE ${column} > found.value) FROM found WHERE found.value IS NOT NULL)
       SELECT value FROM found WHERE value IS NOT NULL LIMIT ${MAX_ACCOUNTS}`,
    );
    return rows.map(({ value }) => value);
  };

  return {
    list: async (filter, { limit, offset }) => {
      const conditions = [...buildFilterConditions(filter, 'tasks'), { sql: IS_DOCUMENT, params: [] }];
      const where = buildWhereClause(conditions);
      const params = collectParams(conditions);
      const [count] = await db.read<{ n: number }>(
        numberParams(`SELECT count(*) AS n FROM tasks ${where}`),
        params,
      );
      // The rows first, so that no document is read that is skipped or sorted.
      const tasks = await db.read<StoredTask>(
        numberParams(
          `SELECT ${STORED_TASK} FROM (SELECT arrival FROM tasks ${where}
             ORDER BY created_at DESC, arrival DESC LIMIT ?::bigint OFFSET ?::bigint) AS page
           JOIN tasks ON tasks.arrival = page.arrival ORDER BY tasks.created_at DESC, tasks.arrival DESC`,
        ),
        [...params, limit, offset],
      );
      return { tasks, count: count?.n ?? 0 };
    },

    countUpTo: async (limit) => {
      const [row] = await db.read<{ n: number }>(
        'SELECT count(*) AS n FROM (SELECT 1 FROM tasks LIMIT $1::bigint) AS counted',
        [limit],
      );
      return row?.n ?? 0;
    },

    /** Reads page by page: an export must not keep a transaction open while it waits for its consumer. */
    async *stream() {
      let last = { createdAtMs: Number.MIN_SAFE_INTEGER, arrival: 0 };
      for (;;) {
        const rows = await db.read<StoredTask & { arrival: number }>(
          `SELECT ${STORED_TASK}, arrival FROM tasks WHERE (created_at, arrival) > ($1::bigint, $2::bigint) AND ${IS_DOCUMENT}
           ORDER BY created_at, arrival LIMIT ${STREAM_PAGE_SIZE}`,
          [last.createdAtMs, last.arrival],
        );
        const end = rows.at(-1);
        if (!end) return;
        last = end;
        yield rows.map(({ arrival: _, ...task }): StoredTask => task);
      }
    },

    accounts: async () => ({
      userIds: await listDistinct('user_id'),
      applicationIds: await listDistinct('application_id'),
    }),
  };
}
