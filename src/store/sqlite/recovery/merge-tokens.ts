/**
 * Tokens outlive the database in which they were created: its replacement must neither drop the token requirement, nor make
 * a revoked token valid again.
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
 * Adds the source's tokens with new names, its revocations, and its token requirement.
 * @param source the database being replaced; may be damaged
 * @param target has the current schema
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

/** From now on every caller needs a token, even if none exists. */
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

/** No hash covers a token row, so this only checks that the mirror can parse it. */
function isToken({ name, hash, user_ids: users, application_ids: applications }: Row): boolean {
  return typeof name === 'string' && HASH.test(String(hash)) && isList(users) && isList(applications);
}

function isList(text: unknown): boolean {
  return Array.isArray(tryParseJson(String(text)));
}
