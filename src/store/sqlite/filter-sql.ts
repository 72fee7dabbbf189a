/** A TaskFilter as SQL conditions with bound parameters. */
import type { TaskLimits } from '../../task/limits.ts';
import type { TaskFilter } from '../contract/tasks.ts';
import { COLUMN_NAMES, listFilterValues } from './filter-columns.ts';
import { slotOf } from './position.ts';

export interface Condition {
  readonly sql: string;
  readonly params: readonly (string | number)[];
}

/**
 * The conditions of a filter, to be joined by AND.
 * @param filter what to keep
 * @param row the SQL name of the row of tasks
 * @param drift how far behind its time's slot a row may stand
 */
export function filterConditions(filter: TaskFilter, row: string, drift: number): Condition[] {
  return [
    ...listFilterValues(filter.values).map(({ column, values }) =>
      oneOf(`${row}.${COLUMN_NAMES[column]}`, values),
    ),
    ...limitConditions(filter.within, row),
    ...timeConditions(filter, `${row}.position`, drift),
    ...exactTimes(filter, row),
  ].filter((condition) => condition !== undefined);
}

/** The conditions of what a caller may see; none where nothing limits it. */
export function limitConditions(limits: TaskLimits | undefined, row: string): Condition[] {
  return [
    oneOf(`${row}.user_id`, limits?.userIds),
    oneOf(`${row}.application_id`, limits?.applicationIds),
  ].filter((condition) => condition !== undefined);
}

function oneOf(column: string, values: readonly string[] | undefined): Condition | undefined {
  if (!values || values.length === 0) return undefined;
  return { sql: `${column} IN (${values.map(() => '?').join(', ')})`, params: values };
}

/**
 * The range of positions in which the times lie.
 * The casts matter: better-sqlite3 binds numbers as REAL, and FTS5 uses a rowid bound only when it is an INTEGER.
 */
export function timeConditions(
  { fromMs, toMs }: Pick<TaskFilter, 'fromMs' | 'toMs'>,
  position: string,
  drift: number,
): Condition[] {
  const conditions: Condition[] = [];
  if (fromMs !== undefined)
    conditions.push({ sql: `${position} >= CAST(? AS INTEGER)`, params: [slotOf(Math.max(0, fromMs))] });
  if (toMs !== undefined)
    conditions.push({
      sql: `${position} <= CAST(? AS INTEGER)`,
      params: [slotOf(Math.max(0, toMs)) + drift],
    });
  return conditions;
}

function exactTimes({ fromMs, toMs }: TaskFilter, row: string): Condition[] {
  return [
    ...(fromMs === undefined ? [] : [{ sql: `${row}.created_at >= ?`, params: [fromMs] }]),
    ...(toMs === undefined ? [] : [{ sql: `${row}.created_at < ?`, params: [toMs] }]),
  ];
}

/** All conditions as a WHERE clause; empty when there are none. */
export function where(conditions: readonly Condition[]): string {
  return conditions.length === 0 ? '' : `WHERE ${conditions.map(({ sql }) => sql).join(' AND ')}`;
}

/** The parameters of conditions, in their order. */
export function params(conditions: readonly Condition[]): (string | number)[] {
  return conditions.flatMap((condition) => condition.params);
}
