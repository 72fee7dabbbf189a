/**
 * Tokens outlive the database in which they were created: its replacement must neither drop the token requirement, nor make
 * a revoked token valid again.
 */
import type { MergedTokens } from '../../contract/maintenance.ts';
import { areLimitColumns } from '../../rules/limit-columns.ts';
import type { Sqlite } from '../database.ts';
import { type Connection, SqliteError } from '../driver.ts';
import { createMetadata } from '../metadata.ts';
import { insertAll } from './insert-rows.ts';
import { type Row, readRows } from './readable-rows.ts';

const TABLE = 'access_tokens';
const HASH = /^[0-9a-f]{64}$/;

/**
 * Adds the source's tokens, its revocations, and its token requirement.
 * @param source the database being replaced; may be damaged
 * @param target has the current schema
 */
export function mergeTokens(source: Connection, target: Sqlite): MergedTokens {
  const rows = [...readRows(source, TABLE)].map((row) => ({ ...row, hash: toLowerCase(row.hash) }));
  const sound = rows.filter(isToken);
  replaceTokens(target, sound);
  assertRevoked(target, sound);
  const merged = sound.length < rows.length ? 'lost' : classifyTokens(source);
  if (merged === 'lost' || (readClosed(source) ?? rows.length > 0)) closeMirror(target);
  return merged;
}

/** The source's tokens replace those of the same name, or of the same secret under another name. Revoked in either stays revoked. */
function replaceTokens(target: Sqlite, tokens: readonly Row[]): void {
  const removeSame = target.raw.prepare<[unknown, unknown], { revoked_at: number | null }>(
    `DELETE FROM ${TABLE} WHERE name = ? OR lower(hash) = ? RETURNING revoked_at`,
  );
  const merged = tokens.map((token) => {
    const removed = removeSame.all(token.name, token.hash);
    const earlier = removed.find(({ revoked_at: at }) => at !== null)?.revoked_at ?? null;
    return { ...token, revoked_at: token.revoked_at ?? earlier };
  });
  insertAll(target, TABLE, merged);
}

/** Reads the revocations back. @throws Error, which rolls the transaction back, if one was not stored */
function assertRevoked(target: Sqlite, tokens: readonly Row[]): void {
  const isValid = target.raw.prepare<[unknown, unknown], unknown>(
    `SELECT 1 FROM ${TABLE} WHERE (name = ? OR lower(hash) = ?) AND revoked_at IS NULL`,
  );
  for (const { name, hash, revoked_at: revokedAt } of tokens)
    if (revokedAt !== null && isValid.get(name, hash) !== undefined)
      throw new Error('a revocation was not stored');
}

/** From now on every caller needs a token, even if none exists. */
export function closeMirror(target: Sqlite): void {
  createMetadata(target).set('closed', 'true');
}

/** Whether a mirror required a token; undefined if that is not recorded. */
function readClosed(source: Connection): boolean | undefined {
  const row = [...readRows(source, 'facts')].find(({ name }) => name === 'closed');
  return row && row.value !== 'false';
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
export function isToken({ name, hash, user_ids: users, application_ids: applications }: Row): boolean {
  return typeof name === 'string' && HASH.test(String(hash)) && areLimitColumns(users, applications);
}

/** The same secret in capitals is the same token: Node decodes either to the same bytes. */
function toLowerCase(hash: unknown): unknown {
  return typeof hash === 'string' ? hash.toLowerCase() : hash;
}
