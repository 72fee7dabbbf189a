/** The history list, and everything in order for export. */
import type { ListPage, StoredTask, TaskFilter } from './contract.ts';
import type { Sqlite } from './database.ts';
import { filterConditions, params, where } from './filter-sql.ts';
import { STORED_TASK } from './task-statements.ts';

export interface HistoryStore {
  list(filter: TaskFilter, page: { limit: number; offset: number }): ListPage;
  stream(): AsyncIterable<readonly StoredTask[]>;
}

const STREAM_PAGE = 500;

/** @param driftNow how far behind its time's slot a row may stand just now */
export function createHistoryStore({ raw }: Sqlite, driftNow: () => number): HistoryStore {
  const streamPage = raw.prepare<[number, number], StoredTask & { position: number }>(
    `SELECT ${STORED_TASK}, tasks.position AS position FROM tasks WHERE position > CAST(? AS INTEGER) ORDER BY position LIMIT ?`,
  );
  return {
    list: (filter, { limit, offset }) => {
      const conditions = filterConditions(filter, 'tasks', driftNow());
      const count = raw
        .prepare<unknown[], { n: number }>(`SELECT count(*) AS n FROM tasks ${where(conditions)}`)
        .get(...params(conditions));
      const rows = raw
        .prepare<unknown[], StoredTask>(
          `SELECT ${STORED_TASK} FROM tasks ${where(conditions)} ORDER BY tasks.position DESC LIMIT ? OFFSET ?`,
        )
        .all(...params(conditions), limit, offset);
      return { tasks: rows, count: count?.n ?? 0 };
    },

    async *stream() {
      let last = -1;
      for (;;) {
        const page = streamPage.all(last, STREAM_PAGE);
        if (page.length === 0) return;
        yield page;
        last = page.at(-1)?.position ?? last;
      }
    },
  };
}
