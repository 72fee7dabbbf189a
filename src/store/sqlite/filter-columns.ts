/** Where the values by which tasks can be chosen stand in the table of tasks. */
import type { FilterColumn } from '../contract/tasks.ts';
import { tasks } from './schema.ts';

export const COLUMN_NAMES: Readonly<Record<FilterColumn, string>> = {
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

/** The values that a filter names; lists that limit nothing are left out. */
export function listFilterValues(
  values: Readonly<Partial<Record<FilterColumn, readonly string[]>>> = {},
): { readonly column: FilterColumn; readonly values: readonly string[] }[] {
  return FILTER_COLUMNS.map((column) => ({ column, values: values[column] ?? [] })).filter(
    (named) => named.values.length > 0,
  );
}

const FILTER_COLUMNS = Object.keys(COLUMN_NAMES) as FilterColumn[]; // the record has every one, and no other
