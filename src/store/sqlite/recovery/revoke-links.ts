/** Public links that were revoked stay revoked: the replacement of a database must not open them again. */
import type { Sqlite } from '../database.ts';
import { type Connection, SqliteError } from '../driver.ts';
import { readRows } from './readable-rows.ts';

/**
 * Revokes the links that the replaced database does not have. Those that can't be read there are among them: new ones are easily made.
 * @param source the database being replaced; may be damaged, or older than links
 * @param target has the current schema
 */
export function revokeUnknownLinks(source: Connection, target: Sqlite): void {
  if (isOlderThanLinks(source)) return;
  const valid = [...readRows(source, 'collections')].map((row) => row.link_key).filter((key) => key !== null);
  target.raw
    .prepare(
      `UPDATE collections SET link_key = NULL, link_created_at = NULL
       WHERE link_key IS NOT NULL AND link_key NOT IN (SELECT value FROM json_each(?))`,
    )
    .run(JSON.stringify(valid.map(String)));
}

function isOlderThanLinks(source: Connection): boolean {
  try {
    return source.prepare("SELECT 1 FROM sqlite_master WHERE name = 'collections'").get() === undefined;
  } catch (error) {
    if (!(error instanceof SqliteError)) throw error;
    return false;
  }
}
