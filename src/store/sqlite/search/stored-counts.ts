/** The counts that are stored with the tasks (see schema.ts). */
import { DAY_MS, type DayCount } from '../../rules/day-histogram.ts';
import type { intersectQueryTimes } from '../../rules/query-parts.ts';
import { type Counted, type Measure, omitTimes } from '../../rules/stored-counts.ts';
import type { Sqlite } from '../database.ts';
import { buildFilterConditions, buildWhereClause, type Condition, collectParams } from '../filter-sql.ts';
import { buildInterruptConditions } from '../interrupt.ts';
import { buildVisibleConditions } from '../marks/mark-sql.ts';
import { compileSearch, type SearchSql } from './search-sql.ts';

/** Without times, and with hidden tasks: see `omitTimes`. */
export function compileWithoutTimes(db: Sqlite, counted: Counted): SearchSql {
  const { query, filter } = omitTimes(counted);
  return compileSearch(db, query, filter, 0);
}

const SUMS: Readonly<Record<Measure, { readonly ofDays: string; readonly ofTasks: string }>> = {
  tasks: { ofDays: 'sum(n)', ofTasks: 'count(*)' },
  visible: { ofDays: 'sum(n - hidden)', ofTasks: 'count(*)' },
  costs: { ofDays: 'sum(cost)', ofTasks: 'sum(tasks.cost)' },
};

/** The days in which tasks match, in ascending order; the first and the last may be divided by the bounds. */
export function readDays(
  { raw }: Sqlite,
  sql: SearchSql,
  { fromMs, toMs }: ReturnType<typeof intersectQueryTimes>,
  measure: Measure,
): DayCount[] {
  const conditions: Condition[] = [
    ...sql.buildConditionsOfTask('day_counts'),
    ...(fromMs === undefined ? [] : [{ sql: 'day >= ?', params: [Math.floor(fromMs / DAY_MS)] }]),
    ...(toMs === undefined ? [] : [{ sql: 'day < ?', params: [Math.ceil(toMs / DAY_MS)] }]),
  ];
  return raw
    .prepare<unknown[], DayCount>(
      `SELECT day, ${SUMS[measure].ofDays} AS count FROM day_counts ${buildWhereClause(conditions)}
       GROUP BY day ORDER BY day`,
    )
    .all(...collectParams(conditions));
}

/** Creates a function that sums up the matches of a part of a day. */
export function createPartCounter(
  db: Sqlite,
  sql: SearchSql,
  maxDisplacement: number,
  measure: Measure,
): (fromMs: number, toMs: number) => number {
  const visible = measure === 'visible' ? buildVisibleConditions(db, 'tasks.position') : [];
  const buildConditions = (fromMs: number, toMs: number) => [
    ...buildFilterConditions({ fromMs, toMs }, 'tasks', maxDisplacement),
    ...buildInterruptConditions(db),
    ...sql.buildConditionsOfTask('tasks'),
    ...visible,
  ];
  const from = measure !== 'costs' ? sql.narrowFrom : 'tasks';
  const count = db.raw
    .prepare<unknown[], number | null>(
      `SELECT ${SUMS[measure].ofTasks} FROM ${from} ${buildWhereClause(buildConditions(0, 0))}`,
    )
    .pluck();
  return (fromMs, toMs) => {
    db.checkInterrupt?.();
    return count.get(...collectParams(buildConditions(fromMs, toMs))) ?? 0;
  };
}
