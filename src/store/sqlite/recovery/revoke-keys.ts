/** What was revoked stays revoked, keys and webhooks: the replacement of a database must not open anything, or tell anybody, again. */

import { isWebhookRow } from '../../rules/webhook-row.ts';
import type { Sqlite } from '../database.ts';
import { type Connection, SqliteError } from '../driver.ts';
import { type Row, readRows } from './readable-rows.ts';

const KEYS = [
  { table: 'collections', column: 'link_key' },
  { table: 'saved_searches', column: 'feed_key' },
] as const;

/**
 * Takes away the keys that the replaced database does not have, and shows prompts only under those under which it shows them. Keys
 * that can't be read there are taken away, too: new ones are easily made.
 * @param source the database being replaced; may be damaged, or older than keys
 * @param target has the current schema
 */
export function revokeUnknownKeys(source: Connection, target: Sqlite): void {
  for (const { table, column } of KEYS) {
    if (isOlderThan(source, table)) continue;
    const rows = [...readRows(source, table)];
    const isUnknown = `${column} NOT IN (SELECT value FROM json_each(?))`;
    target.raw.prepare(`UPDATE ${table} SET ${column} = NULL WHERE ${isUnknown}`).run(listKeys(rows, column));
    if (table !== 'collections') continue;
    const open = rows.filter(({ link_shows_prompts: shows }) => Number(shows) === 1);
    target.raw
      .prepare(`UPDATE collections SET link_shows_prompts = 0 WHERE ${isUnknown}`)
      .run(listKeys(open, column));
  }
}

/**
 * Takes away the webhooks that the replaced database does not have, and gives the others the addresses and secrets that it has.
 * @param source, target as of `revokeUnknownKeys`
 */
export function revokeUnknownWebhooks(source: Connection, { raw }: Sqlite): void {
  if (isOlderThan(source, 'webhooks')) return;
  const known = [...readRows(source, 'webhooks')].filter(isWebhookRow);
  const update = raw.prepare('UPDATE webhooks SET url = ?, secret = ? WHERE id = ?');
  for (const { id, url, secret } of known) update.run(url, secret, id);
  raw
    .prepare('DELETE FROM webhooks WHERE id NOT IN (SELECT value FROM json_each(?))')
    .run(listKeys(known, 'id'));
}

/** As JSON. */
function listKeys(rows: readonly Row[], column: string): string {
  return JSON.stringify(rows.map((row) => row[column]).filter((key) => typeof key === 'string'));
}

/** Has a mirror's tasks, but not this table: an empty file may be what damage left of a newer one. */
function isOlderThan(source: Connection, table: string): boolean {
  try {
    const tables = source
      .prepare<[string], string>("SELECT name FROM sqlite_master WHERE name IN ('tasks', ?)")
      .pluck()
      .all(table);
    return tables.includes('tasks') && !tables.includes(table);
  } catch (error) {
    if (!(error instanceof SqliteError)) throw error;
    return false;
  }
}
