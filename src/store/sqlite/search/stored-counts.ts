/** What the counts that are stored with the tasks (see schema.ts) can decide, and their rows. */
import type { QueryNode } from '../../../search/ast.ts';
import type { HistogramRequest } from '../../contract/search.ts';
import type { FilterColumn } from '../../contract/tasks.ts';
import { DAY_MS, type DayCount } from '../../rules/day-histogram.ts';
import type { Sqlite } from '../database.ts';
import {
  buildFilterConditions,
  buildWhereClause,
  type Condition,
  collectParams,
  listFilterValues,
} from '../filter-sql.ts';
import { buildInterruptConditions } from '../interrupt.ts';
import { buildVisibleConditions } from '../marks/mark-sql.ts';
import { compileSearch, type intersectQueryTimes, type SearchSql } from './search-sql.ts';

/** What matches. */
export type Counted = Pick<HistogramRequest, 'query' | 'filter'>;

const DAY_COLUMNS = ['state', 'userId', 'applicationId'] as const;
/** The columns that each table of counts has. */
export const COLUMNS_OF_DAYS: ReadonlySet<FilterColumn> = new Set(DAY_COLUMNS);
export const COLUMNS_OF_VALUES: ReadonlySet<FilterColumn> = new Set([
  ...DAY_COLUMNS,
  'model',
  'size',
  'action',
]);

/** Whether all conditions but the time are on these columns. */
export function isDecidedBy(columns: ReadonlySet<FilterColumn>, { query, filter }: Counted): boolean {
  const isDecided = (node: QueryNode): boolean => {
    if (node.kind === 'field') return columns.has(node.field);
    if (node.kind === 'not') return isDecided(node.part);
    return (node.kind === 'and' || node.kind === 'or') && node.parts.every(isDecided);
  };
  return (
    query.parts.every((part) => part.kind === 'time' || isDecided(part)) &&
    listFilterValues(filter.values).every(({ column }) => columns.has(column))
  );
}

/** Counts have no time, or only that of days, and hidden tasks are subtracted from them. */
export function compileWithoutTimes(db: Sqlite, { query, filter }: Counted): SearchSql {
  const { fromMs: _from, toMs: _to, ...untimed } = filter;
  return compileSearch(
    db,
    { ...query, parts: query.parts.filter(({ kind }) => kind !== 'time') },
    { ...untimed, includesHidden: true },
    0,
  );
}

/** What is summed up: the tasks, those that are not hidden, or the costs of all in millionths of a credit. */
export type Measure = 'tasks' | 'visible' | 'costs';

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
