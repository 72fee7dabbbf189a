/** A TaskFilter and the fields of a query as SQL conditions with bound parameters. */

import type { FieldNode } from '../../search/ast.ts';
import { convertToLowerAscii } from '../../search/fold.ts';
import type { TaskLimits } from '../../task/limits.ts';
import type { FilterColumn, TaskFilter } from '../contract/tasks.ts';
import { listFilterValues, type ValueList } from '../rules/filter-values.ts';
import { computeSlot } from './position.ts';
import { tasks } from './schema.ts';
import { buildSeedCondition } from './seed-column.ts';

export interface Condition {
  readonly sql: string;
  readonly params: readonly (string | number | Buffer)[];
}

/** The column of the tasks table behind each filter column. */
const COLUMN_NAMES: Readonly<Record<FilterColumn, string>> = {
  state: tasks.state.name,
  model: tasks.model.name,
  size: tasks.size.name,
  action: tasks.action.name,
  seed: tasks.seed.name,
  id: tasks.id.name,
  type: tasks.type.name,
  userId: tasks.userId.name,
  applicationId: tasks.applicationId.name,
};

/** The columns of the index `tasks_narrow`. */
export const NARROW_COLUMNS: ReadonlySet<FilterColumn> = new Set(['state', 'model', 'size', 'action']);

/**
 * The conditions of a filter, to be joined by AND.
 * @param row the SQL alias of the tasks table
 * @param maxDisplacement how far a row's position may be above the slot of its time
 */
export function buildFilterConditions(filter: TaskFilter, row: string, maxDisplacement: number): Condition[] {
  return [
    ...listFilterValues(filter.values).map(({ column, values }) =>
      buildInCondition(`${row}.${COLUMN_NAMES[column]}`, values),
    ),
    ...buildLimitConditions(filter.within, row),
    ...buildTimeConditions(filter, `${row}.position`, maxDisplacement),
    ...buildExactTimeConditions(filter, row),
  ].filter((condition) => condition !== undefined);
}

/** The condition of a query field, except for ids (see search/position-lists.ts). Never NULL, so that its negation holds for tasks without the member. */
export function compileField({ field, valueKind, value, isPrefix }: FieldNode, row: string): Condition {
  const column = `${row}.${COLUMN_NAMES[field]}`;
  if (valueKind === 'seed') return buildSeedCondition(column, value);
  if (!isPrefix) return { sql: `(${column} IS NOT NULL AND lower(${column}) = ?)`, params: [value] };
  return {
    sql: `(${column} IS NOT NULL AND substr(lower(${column}), 1, ?) = ?)`,
    params: [Array.from(value).length, convertToLowerAscii(value)],
  };
}

/** The condition that a row has one of the values of a list. Never NULL. */
export function compileAnyValue(list: ValueList, row: string): Condition {
  const [first] = list;
  if (first && list.length === 1) return compileField(first, row);
  const column = `${row}.${COLUMN_NAMES[first?.field ?? 'id']}`;
  const marks = list.map(() => '?').join(', ');
  return {
    sql: `(${column} IS NOT NULL AND lower(${column}) IN (${marks}))`,
    params: list.map(({ value }) => value),
  };
}

/** The conditions of a caller's limits; empty without limits. */
export function buildLimitConditions(limits: TaskLimits | undefined, row: string): Condition[] {
  return [
    buildInCondition(`${row}.user_id`, limits?.userIds),
    buildInCondition(`${row}.application_id`, limits?.applicationIds),
  ].filter((condition) => condition !== undefined);
}

function buildInCondition(column: string, values: readonly string[] | undefined): Condition | undefined {
  if (!values || values.length === 0) return undefined;
  return { sql: `${column} IN (${values.map(() => '?').join(', ')})`, params: values };
}

/**
 * The range of positions that covers the time range.
 * The casts matter: better-sqlite3 binds numbers as REAL, and FTS5 uses a rowid bound only when it is an INTEGER.
 */
export function buildTimeConditions(
  { fromMs, toMs }: Pick<TaskFilter, 'fromMs' | 'toMs'>,
  position: string,
  maxDisplacement: number,
): Condition[] {
  const conditions: Condition[] = [];
  if (fromMs !== undefined)
    conditions.push({ sql: `${position} >= CAST(? AS INTEGER)`, params: [computeSlot(Math.max(0, fromMs))] });
  if (toMs !== undefined)
    conditions.push({
      sql: `${position} <= CAST(? AS INTEGER)`,
      params: [computeSlot(Math.max(0, toMs)) + maxDisplacement],
    });
  return conditions;
}

/** The time range itself: a position may be above the slot of its time. */
export function buildExactTimeConditions(
  { fromMs, toMs }: Pick<TaskFilter, 'fromMs' | 'toMs'>,
  row: string,
): Condition[] {
  return [
    ...(fromMs === undefined ? [] : [{ sql: `${row}.created_at >= ?`, params: [fromMs] }]),
    ...(toMs === undefined ? [] : [{ sql: `${row}.created_at < ?`, params: [toMs] }]),
  ];
}

/** Joins the conditions into a WHERE clause; empty without conditions. */
export function buildWhereClause(conditions: readonly Condition[]): string {
  return conditions.length === 0 ? '' : `WHERE ${conditions.map(({ sql }) => sql).join(' AND ')}`;
}

/** The parameters of conditions, in their order. */
export function collectParams(conditions: readonly Condition[]): (string | number | Buffer)[] {
  return conditions.flatMap((condition) => condition.params);
}
