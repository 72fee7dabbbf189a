/** A TaskFilter and the fields of a query as SQL conditions. None is ever NULL, so that their negation holds for tasks without the member. */
import type { FieldNode } from '../../search/ast.ts';
import { convertToLowerAscii } from '../../search/fold.ts';
import type { TaskLimits } from '../../task/limits.ts';
import type { FilterColumn, TaskFilter } from '../contract/tasks.ts';
import { listFilterValues, type ValueList } from '../rules/filter-values.ts';
import type { Condition } from './conditions.ts';
import { tasks } from './schema/tasks.ts';
import { normalizeSeed } from './seed-column.ts';

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

/**
 * The conditions of a filter, to be joined by AND.
 * @param row the SQL alias of the tasks table
 */
export function buildFilterConditions(filter: TaskFilter, row: string): Condition[] {
  return [
    ...listFilterValues(filter.values).map(({ column, values }) =>
      buildAnyOf(
        `${row}.${COLUMN_NAMES[column]}`,
        column === 'seed' ? values.map((value) => normalizeSeed(value)) : values,
      ),
    ),
    ...buildLimitConditions(filter.within, row),
    ...buildTimeConditions(filter, `${row}.created_at`),
  ];
}

/** The conditions of a caller's limits; empty without limits. */
export function buildLimitConditions(limits: TaskLimits | undefined, row: string): Condition[] {
  const { userIds = [], applicationIds = [] } = limits ?? {};
  return [
    ...(userIds.length === 0 ? [] : [buildAnyOf(`${row}.user_id`, userIds)]),
    ...(applicationIds.length === 0 ? [] : [buildAnyOf(`${row}.application_id`, applicationIds)]),
  ];
}

/** @param column with the time of creation */
export function buildTimeConditions(
  { fromMs, toMs }: Pick<TaskFilter, 'fromMs' | 'toMs'>,
  column: string,
): Condition[] {
  return [
    ...(fromMs === undefined ? [] : [{ sql: `${column} >= ?::bigint`, params: [roundTime(fromMs)] }]),
    ...(toMs === undefined ? [] : [{ sql: `${column} < ?::bigint`, params: [roundTime(toMs)] }]),
  ];
}

/** As a whole number: times of creation are, so nothing is between a bound and the next one. */
export function roundTime(ms: number): number {
  return Math.min(Math.max(Math.ceil(ms), Number.MIN_SAFE_INTEGER), Number.MAX_SAFE_INTEGER);
}

/** The condition of a query field, except for ids. */
export function compileField({ field, valueKind, value, isPrefix }: FieldNode, row: string): Condition {
  const column = `${row}.${COLUMN_NAMES[field]}`;
  if (valueKind === 'seed')
    return { sql: `(${column} IS NOT NULL AND ${column} = ?)`, params: [normalizeSeed(value)] };
  return isPrefix
    ? {
        sql: `(${column} IS NOT NULL AND starts_with(lower(${column}), ?))`,
        params: [convertToLowerAscii(value)],
      }
    : { sql: `(${column} IS NOT NULL AND lower(${column}) = ?)`, params: [value] };
}

/** The condition that a row has one of the values of a list. */
export function compileAnyValue(list: ValueList, row: string): Condition {
  const column = `${row}.${COLUMN_NAMES[list[0]?.field ?? 'id']}`;
  return {
    sql: `(${column} IS NOT NULL AND lower(${column}) = ANY(?::text[]))`,
    params: [list.map(({ value }) => value)],
  };
}

function buildAnyOf(column: string, values: readonly string[]): Condition {
  return { sql: `${column} = ANY(?::text[])`, params: [values] };
}
