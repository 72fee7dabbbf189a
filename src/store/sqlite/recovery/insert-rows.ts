/** Inserts recovered rows into a table of the current schema. */
import type { Sqlite } from '../database.ts';
import type { Row } from './readable-rows.ts';

/**
 * Columns that the table does not have (dropped since, or made up by damage) are ignored, and so are rows whose key exists.
 * @returns how many were inserted
 */
export function insertAll({ raw }: Sqlite, table: string, rows: Iterable<Row>): number {
  let inserted = 0;
  const known = new Set((raw.pragma(`table_info(${table})`) as { name: string }[]).map(({ name }) => name));
  for (const row of rows) {
    const names = Object.keys(row).filter((name) => known.has(name));
    const values = names.map((name) => row[name]);
    const { changes } = raw
      .prepare(
        `INSERT OR IGNORE INTO ${table} (${names.join(', ')}) VALUES (${names.map(() => '?').join(', ')})`,
      )
      .run(...values);
    inserted += changes;
  }
  return inserted;
}
