/** The columns of a table for a SELECT or RETURNING, under the names that they have in code. */
import { getTableColumns, getTableName } from 'drizzle-orm';
import type { PgTable } from 'drizzle-orm/pg-core';

/** @param names those that are wanted; default: all */
export function selectColumns<Table extends PgTable>(
  table: Table,
  names: readonly (keyof Table['_']['columns'] & string)[] = Object.keys(getTableColumns(table)),
): string {
  const columns = getTableColumns(table);
  return names.map((name) => `${getTableName(table)}.${columns[name]?.name} AS "${name}"`).join(', ');
}
