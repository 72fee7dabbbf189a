/**
 * The counts of tasks by their values and by day, and of tags. Triggers append what each statement has changed, and whoever reads adds up
 * all rows of a key, so that no two writers wait for the same row. Now and then they are folded into one row for each key.
 */
import type { TaskState } from '../../task/state.ts';
import type { Postgres, Queryable } from './database.ts';
import { runInTransaction } from './transaction.ts';

interface Counts {
  readonly table: string;
  readonly keys: readonly string[];
  readonly sums: readonly string[];
  /** The rows that are counted, with the keys and sums as columns. */
  readonly source: string;
}

const COUNTS: readonly Counts[] = [
  {
    table: 'task_counts',
    keys: ['service', 'model', 'size', 'action', 'state', 'user_id', 'application_id'],
    sums: ['n', 'hidden'],
    source: 'SELECT *, 1 AS n, is_hidden::int AS hidden FROM tasks',
  },
  {
    table: 'day_counts',
    keys: ['day', 'state', 'user_id', 'application_id'],
    sums: ['n', 'cost', 'hidden'],
    source: `SELECT created_at / 86400000 AS day, state, user_id, application_id, 1 AS n, coalesce(cost, 0) AS cost,
      is_hidden::int AS hidden FROM tasks`,
  },
  {
    table: 'tag_counts',
    keys: ['tag'],
    sums: ['n', 'hidden'],
    source: 'SELECT tag, 1 AS n, is_hidden::int AS hidden FROM mark_tags',
  },
];
/** An arbitrary number: one process folds at a time. */
const FOLDING_LOCK = '7220145093318811602';

export async function countByState(db: Queryable): Promise<Record<TaskState, number>> {
  const byState: Record<TaskState, number> = { pending: 0, succeeded: 0, failed: 0 };
  const rows = await db.query<{ state: TaskState; n: number }>(
    'SELECT state, sum(n)::bigint AS n FROM task_counts GROUP BY state',
  );
  for (const { state, n } of rows) byState[state] = n;
  return byState;
}

export async function countTasks(db: Queryable): Promise<number> {
  const [row] = await db.query<{ n: number }>('SELECT coalesce(sum(n), 0)::bigint AS n FROM task_counts');
  return row?.n ?? 0;
}

/** Folds what was appended since the last time. Readers see the rows from before or after it. */
export async function foldCounts(db: Postgres): Promise<void> {
  await runInTransaction(db, { isSilent: true }, async (tx) => {
    const [lock] = await tx.query<{ isFree: boolean }>(
      `SELECT pg_try_advisory_xact_lock(${FOLDING_LOCK}) AS "isFree"`,
    );
    if (!lock?.isFree) return;
    for (const counts of COUNTS) await tx.execute(buildFold(counts));
  });
}

function buildFold({ table, keys, sums }: Counts): string {
  const isSameKey = keys.map((key) => `${table}.${key} IS NOT DISTINCT FROM fresh.${key}`).join(' AND ');
  const columns = [...keys, ...sums].join(', ');
  const totals = sums.map((name) => `sum(${name})`);
  return `WITH fresh AS (DELETE FROM ${table} WHERE NOT is_folded RETURNING *),
    folded AS (DELETE FROM ${table} USING (SELECT DISTINCT ${keys.join(', ')} FROM fresh) AS fresh
      WHERE ${table}.is_folded AND ${isSameKey} RETURNING ${table}.*)
    INSERT INTO ${table} (${columns}, is_folded)
    SELECT ${[...keys, ...totals].join(', ')}, true FROM (SELECT * FROM fresh UNION ALL SELECT * FROM folded) AS rows
    GROUP BY ${keys.join(', ')} HAVING ${totals.map((total) => `${total} <> 0`).join(' OR ')}`;
}

/** The tables that disagree with the tasks. Reads every task. */
export async function findWrongCounts(db: Queryable): Promise<string[]> {
  const wrong: string[] = [];
  for (const counts of COUNTS) if ((await db.execute(buildComparison(counts))) > 0) wrong.push(counts.table);
  return wrong;
}

/** Selects a row if the sums of a key differ. */
function buildComparison({ table, keys, sums, source }: Counts): string {
  const columns = [...keys, ...sums].join(', ');
  const negative = [...keys, ...sums.map((name) => `-${name} AS ${name}`)].join(', ');
  return `SELECT 1 FROM (SELECT ${columns} FROM ${table} UNION ALL SELECT ${negative} FROM (${source}) AS counted) AS rows
    GROUP BY ${keys.join(', ')} HAVING ${sums.map((name) => `sum(${name}) <> 0`).join(' OR ')} LIMIT 1`;
}
