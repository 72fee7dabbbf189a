/** The history list, and the stream of all documents for export. Ties in time are in order of arrival. */
import type { StoredTask, TaskStore } from '../contract/tasks.ts';
import type { Sqlite } from './database.ts';
import { buildFilterConditions, buildWhereClause, collectParams } from './filter-sql.ts';
import { buildInterruptConditions } from './interrupt.ts';
import type { Synchronous } from './synchronous.ts';
import { IS_DOCUMENT, STORED_TASK } from './task-statements.ts';
import { sortByTime, type TimedRow } from './time-order.ts';

const TIMED_ROW = 'tasks.position AS position, tasks.created_at AS createdAt, tasks.id AS id';
const STREAM_PAGE_SIZE = 500;

/** @param readMaxDisplacement how far a row's position may currently be above the slot of its time */
export function createHistoryStore(
  db: Sqlite,
  readMaxDisplacement: () => number,
): Synchronous<Pick<TaskStore, 'list' | 'countUpTo' | 'stream'>> {
  const { raw } = db;
  const load = raw.prepare<[number], StoredTask>(
    `SELECT ${STORED_TASK} FROM tasks WHERE position = CAST(? AS INTEGER)`,
  );
  const countTasks = raw.prepare<[number], { n: number }>(
    'SELECT count(*) AS n FROM (SELECT 1 FROM tasks LIMIT CAST(? AS INTEGER))',
  );
  const nextRows = raw.prepare<[number], TimedRow>(
    `SELECT ${TIMED_ROW} FROM tasks WHERE position > CAST(? AS INTEGER) AND ${IS_DOCUMENT} ORDER BY position LIMIT ${STREAM_PAGE_SIZE}`,
  );

  /** Reads page by page: an export must not keep a read transaction open while it waits for its consumer. */
  function* streamRows(): Generator<TimedRow> {
    for (let last = -1; ; ) {
      const rows = nextRows.all(last);
      yield* rows;
      const end = rows.at(-1);
      if (!end) return;
      last = end.position;
    }
  }

  return {
    list: (filter, { limit, offset }) => {
      const conditions = [
        ...buildInterruptConditions(db),
        ...buildFilterConditions(filter, 'tasks', readMaxDisplacement()),
        { sql: IS_DOCUMENT, params: [] },
      ];
      const count = raw
        .prepare<unknown[], { n: number }>(`SELECT count(*) AS n FROM tasks ${buildWhereClause(conditions)}`)
        .get(...collectParams(conditions));
      const rows = raw
        .prepare<unknown[], TimedRow>(
          `SELECT ${TIMED_ROW} FROM tasks ${buildWhereClause(conditions)} ORDER BY tasks.position DESC`,
        )
        .iterate(...collectParams(conditions));
      const page: TimedRow[] = [];
      let at = 0;
      for (const row of sortByTime(rows, 'newest', readMaxDisplacement(), 'arrival')) {
        if (page.length >= limit) break;
        if (at >= offset) page.push(row);
        at += 1;
      }
      const tasks = page.map(({ position }) => load.get(position)).filter((task) => task !== undefined);
      return { tasks, count: count?.n ?? 0 };
    },

    countUpTo: (limit) => countTasks.get(limit)?.n ?? 0,

    async *stream() {
      let page: StoredTask[] = [];
      for (const { position } of sortByTime(streamRows(), 'oldest', readMaxDisplacement(), 'arrival')) {
        const task = load.get(position);
        if (task) page.push(task); // it may have been deleted in the meantime
        if (page.length < STREAM_PAGE_SIZE) continue;
        yield page;
        page = [];
      }
      if (page.length > 0) yield page;
    },
  };
}
