/** Keys of feeds and public links that were revoked stay revoked: the replacement of a database must not open anything again. */
import type { Sqlite } from '../database.ts';
import { type Connection, SqliteError } from '../driver.ts';
import { readRows } from './readable-rows.ts';

const KEYS = [
  { table: 'collections', column: 'link_key' },
  { table: 'saved_searches', column: 'feed_key' },
] as const;

/**
 * Takes away the keys that the replaced database does not have. Those that can't be read there are among them: new ones are easily
 * made.
 * @param source the database being replaced; may be damaged, or older than keys
 * @param target has the current schema
 */
export function revokeUnknownKeys(source: Connection, target: Sqlite): void {
  for (const { table, column } of KEYS) {
    if (isOlderThan(source, table)) continue;
    const valid = [...readRows(source, table)].map((row) => row[column]);
    target.raw
      .prepare(`UPDATE ${table} SET ${column} = NULL WHERE ${column} NOT IN (SELECT value FROM json_each(?))`)
      .run(JSON.stringify(valid.filter((key) => typeof key === 'string')));
  }
}

function isOlderThan(source: Connection, table: string): boolean {
  try {
    return source.prepare('SELECT 1 FROM sqlite_master WHERE name = ?').get(table) === undefined;
  } catch (error) {
    if (!(error instanceof SqliteError)) throw error;
    return false;
  }
}
