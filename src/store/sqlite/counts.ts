/**
 * The counts of tasks by their values and by day (see schema.ts), which triggers on `tasks` update: how many there are, whether they
 * agree with the tasks, and counting anew.
 */
import type { TaskState } from '../../task/state.ts';
import type { Sqlite } from './database.ts';

type Raw = Pick<Sqlite, 'raw'>;

/** How many of the tasks are hidden. */
const HIDDEN = `sum(EXISTS (SELECT 1 FROM marks WHERE is_hidden = 1 AND marks.position = tasks.position))`;
const COUNTS = [
  {
    table: 'task_counts',
    columns: 'service, model, size, action, state, user_id, application_id',
    ofTasks: 'service, model, size, action, state, user_id, application_id',
    sums: { n: 'count(*)', hidden: HIDDEN },
  },
  {
    table: 'day_counts',
    columns: 'day, state, user_id, application_id',
    ofTasks: 'created_at / 86400000, state, user_id, application_id',
    sums: { n: 'count(*)', cost: 'ifnull(sum(cost), 0)', hidden: HIDDEN },
  },
] as const;
type Counts = (typeof COUNTS)[number];

export function countByState({ raw }: Raw): Record<TaskState, number> {
  const byState: Record<TaskState, number> = { pending: 0, succeeded: 0, failed: 0 };
  const rows = raw.prepare<[], { state: TaskState; n: number }>(
    'SELECT state, sum(n) AS n FROM task_counts GROUP BY state',
  );
  for (const { state, n } of rows.all()) byState[state] = n;
  return byState;
}

export function countTasks({ raw }: Raw): number {
  return raw.prepare<[], number | null>('SELECT sum(n) FROM task_counts').pluck().get() ?? 0;
}

/** Counts all tasks, in the caller's transaction: nothing that a foreign database says about its tasks is believed. */
export function recountTasks({ raw }: Raw): void {
  for (const counts of COUNTS)
    raw.exec(
      `DELETE FROM ${counts.table}; INSERT INTO ${counts.table} (${listColumns(counts)}) ${buildCount(counts)}`,
    );
}

/** The tables that disagree with the tasks. Reads every task. */
export function findWrongCounts({ raw }: Raw): string[] {
  return COUNTS.filter((counts) => {
    const stored = `SELECT ${listColumns(counts)} FROM ${counts.table}`;
    const counted = buildCount(counts);
    // Neither may have a row that the other lacks; unlike =, EXCEPT takes two nulls as the same.
    return raw
      .prepare(
        `SELECT 1 FROM (SELECT * FROM (${stored} EXCEPT ${counted}) UNION ALL SELECT * FROM (${counted} EXCEPT ${stored})) LIMIT 1`,
      )
      .get();
  }).map(({ table }) => table);
}

function listColumns({ columns, sums }: Counts): string {
  return [columns, ...Object.keys(sums)].join(', ');
}

function buildCount({ ofTasks, sums }: Counts): string {
  const keys = ofTasks.split(', ').map((_, at) => at + 1);
  return `SELECT ${[ofTasks, ...Object.values(sums)].join(', ')} FROM tasks GROUP BY ${keys.join(', ')}`;
}
