/**
 * Tokens outlive the database that they were made in: one that takes its place must not open a closed mirror, nor make a
 * revoked token valid again.
 */

import { tryParseJson } from '../../../lib/parse-json.ts';
import type { MergedTokens } from '../../contract/maintenance.ts';
import type { Sqlite } from '../database.ts';
import { type Connection, SqliteError } from '../driver.ts';
import { createMetadata } from '../metadata.ts';
import { insertAll } from './insert-rows.ts';
import { type Row, readRows } from './readable-rows.ts';

const TABLE = 'access_tokens';
const HASH = /^[0-9a-f]{64}$/;

/**
 * Adds what the source has: tokens of names that are not there yet, every revocation, and that the mirror is closed.
 * @param source the database that is replaced; may be damaged
 * @param target of today's schema
 */
export function mergeTokens(source: Connection, target: Sqlite): MergedTokens {
  const rows = [...readRows(source, TABLE)];
  const sound = rows.filter(isToken);
  insertAll(target, TABLE, sound);
  const revoke = target.raw.prepare(
    `UPDATE ${TABLE} SET revoked_at = ? WHERE name = ? AND revoked_at IS NULL`,
  );
  for (const { name, revoked_at: revokedAt } of sound) if (revokedAt !== null) revoke.run(revokedAt, name);
  const merged = sound.length < rows.length ? 'lost' : classifyTokens(source);
  if (rows.length > 0 || merged === 'lost' || wasClosed(source)) closeMirror(target);
  return merged;
}

/** From now on every caller needs a token, whether or not there is one. */
export function closeMirror(target: Sqlite): void {
  createMetadata(target).set('closed', 'true');
}

function wasClosed(source: Connection): boolean {
  return [...readRows(source, 'facts')].some(({ name }) => name === 'closed');
}

/** Whether every row of the table could be read. */
function classifyTokens(source: Connection): MergedTokens {
  try {
    if (!source.prepare('SELECT 1 FROM sqlite_master WHERE name = ?').get(TABLE)) return 'whole';
  } catch (error) {
    if (!(error instanceof SqliteError)) throw error;
    return 'unknown';
  }
  try {
    const [result] = source.pragma(`integrity_check(${TABLE})`) as { integrity_check: string }[];
    return result?.integrity_check === 'ok' ? 'whole' : 'lost';
  } catch (error) {
    if (!(error instanceof SqliteError)) throw error;
    return 'lost';
  }
}

/** No hash covers a token: at least it must be what the mirror can read. */
function isToken({ name, hash, user_ids: users, application_ids: applications }: Row): boolean {
  return typeof name === 'string' && HASH.test(String(hash)) && isList(users) && isList(applications);
}

function isList(text: unknown): boolean {
  return Array.isArray(tryParseJson(String(text)));
}
