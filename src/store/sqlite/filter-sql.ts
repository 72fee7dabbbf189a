/** A TaskFilter and the fields of a query as SQL conditions with bound parameters. */

import type { FieldNode } from '../../search/ast.ts';
import { convertToLowerAscii } from '../../search/fold.ts';
import type { TaskLimits } from '../../task/limits.ts';
import type { FilterColumn, TaskFilter } from '../contract/tasks.ts';
import { computeSlot } from './position.ts';
import { tasks } from './schema.ts';

export interface Condition {
  readonly sql: string;
  readonly params: readonly (string | number)[];
}

/** Where the values by which tasks can be chosen stand in the table of tasks. */
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

/** Those of the index `tasks_narrow`. */
export const NARROW_COLUMNS: ReadonlySet<FilterColumn> = new Set(['state', 'model', 'size', 'action']);

const FILTER_COLUMNS = Object.keys(COLUMN_NAMES) as FilterColumn[]; // the record has every one, and no other

/**
 * The conditions of a filter, to be joined by AND.
 * @param filter what to keep
 * @param row the SQL name of the row of tasks
 * @param maxDisplacement how far behind its time's slot a row may stand
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

/** The values that a filter names; lists that limit nothing are left out. */
export function listFilterValues(
  values: Readonly<Partial<Record<FilterColumn, readonly string[]>>> = {},
): { readonly column: FilterColumn; readonly values: readonly string[] }[] {
  return FILTER_COLUMNS.map((column) => ({ column, values: values[column] ?? [] })).filter(
    (named) => named.values.length > 0,
  );
}

/** A field of a query. Never NULL, so that a negation of it holds for tasks without the member. */
export function compileField({ field, valueKind, value, isPrefix }: FieldNode, row: string): Condition {
  const column = `${row}.${COLUMN_NAMES[field]}`;
  if (valueKind === 'integer')
    return { sql: `(${column} IS NOT NULL AND ${column} = CAST(? AS INTEGER))`, params: [value] };
  if (!isPrefix) {
    // Ids are looked up by their index, as they are and in lower case, in which a UUID is written.
    if (valueKind === 'id')
      return { sql: `${column} IN (?, ?)`, params: [value, convertToLowerAscii(value)] };
    return { sql: `(${column} IS NOT NULL AND lower(${column}) = ?)`, params: [value] };
  }
  return {
    sql: `(${column} IS NOT NULL AND substr(lower(${column}), 1, ?) = ?)`,
    params: [Array.from(value).length, convertToLowerAscii(value)],
  };
}

/** The conditions of what a caller may see; none where nothing limits it. */
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
 * The range of positions in which the times lie.
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

function buildExactTimeConditions({ fromMs, toMs }: TaskFilter, row: string): Condition[] {
  return [
    ...(fromMs === undefined ? [] : [{ sql: `${row}.created_at >= ?`, params: [fromMs] }]),
    ...(toMs === undefined ? [] : [{ sql: `${row}.created_at < ?`, params: [toMs] }]),
  ];
}

/** All conditions as a WHERE clause; empty when there are none. */
export function buildWhereClause(conditions: readonly Condition[]): string {
  return conditions.length === 0 ? '' : `WHERE ${conditions.map(({ sql }) => sql).join(' AND ')}`;
}

/** The parameters of conditions, in their order. */
export function collectParams(conditions: readonly Condition[]): (string | number)[] {
  return conditions.flatMap((condition) => condition.params);
}
