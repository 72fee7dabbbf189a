/**
 * Detects a damaged database before anything is written to it. The check is bounded, so that startup stays fast: the
 * structure of every page and the hash of every document for a small file, a sample of documents for a large one.
 */
import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { OperatorError } from '../../../lib/operator-error.ts';
import { StoreError } from '../../contract/errors.ts';
import { type Connection, openConnection } from '../driver.ts';
import { getErrorMeaning } from '../errors.ts';
import { findChangedDocuments, type HashedDocument, streamDocuments } from './audit.ts';

/** The database is damaged and was not modified; the message says how to recover. */
export class DamagedDatabase extends OperatorError {
  override readonly name = 'DamagedDatabase';
  constructor(message: string, cause?: unknown) {
    super(message, { cause: new StoreError('damaged', message, { cause }) });
  }
}

/** The page structure is checked up to this size: at 680 MB per second, startup stays below two seconds. */
const MAX_CHECKED_BYTES = 512 * 1024 * 1024;
/** Every document is compared with its hash up to this size: at 390 MB per second. */
const MAX_HASHED_BYTES = 64 * 1024 * 1024;
/** Number of documents compared in a larger file, at random positions. */
const SAMPLE_SIZE = 2000;

/** @throws DamagedDatabase */
export function assertUndamaged(file: string, dataDir: string): void {
  assertNotLost(file, dataDir);
  const size = getFileSize(file) ?? 0;
  if (size === 0) return; // a new mirror
  const db = openToRead(file);
  try {
    const problem = findFirstProblem(db, size);
    if (problem !== undefined) throw createDamageError(dataDir, problem);
  } finally {
    db.close();
  }
}

/** Cheap, so done on every opening. @throws DamagedDatabase when the database of a used mirror is missing or empty */
export function assertNotLost(file: string, dataDir: string): void {
  const size = getFileSize(file);
  if ((size ?? 0) > 0 || !wasUsed(file, dataDir)) return;
  if (size === 0) throw createDamageError(dataDir, 'it is empty, beside what belongs to it');
  throw new DamagedDatabase(
    `mirror.db in ${dataDir} is missing, beside what belongs to it: put a backup in its place with \`flux-mirror restore FILE\`; to begin anew, move images/ and backups/ away`,
  );
}

/** What to do about a damaged database, for error messages. */
export const RECOVERY_HINT =
  'put a backup in its place with `flux-mirror restore FILE`, or save what can be read with `flux-mirror doctor --rebuild`';

/** The error for a damaged database. @param why human-readable */
export function createDamageError(dataDir: string, why: string, cause?: unknown): DamagedDatabase {
  return new DamagedDatabase(
    `mirror.db in ${dataDir} is damaged (${why}) and was left as it is: ${RECOVERY_HINT}`,
    cause,
  );
}

/** What SQLite's own integrity check reports, at most `limit` entries. Reads the whole file. */
export function listIntegrityProblems(dataDir: string, limit: number): string[] {
  const db = openToRead(join(dataDir, 'mirror.db'));
  try {
    const rows = db.pragma(`integrity_check(${limit})`) as { integrity_check: string }[];
    return rows.map(({ integrity_check: problem }) => problem).filter((problem) => problem !== 'ok');
  } catch (error) {
    if (isDamage(error)) return [error.message];
    throw error;
  } finally {
    db.close();
  }
}

/** Whether an error of SQLite means damage, translated or not. */
export function isDamage(error: unknown): error is Error {
  return getErrorMeaning(error) === 'damaged';
}

/** A read-only connection can't change the file, not even by closing. */
function openToRead(file: string): Connection {
  return openConnection(file, { readonly: true });
}

/** The first problem found in an open database, human-readable. */
function findFirstProblem(db: Connection, size: number): string | undefined {
  try {
    db.pragma('schema_version'); // a bad header makes the first query fail
    if (size <= MAX_CHECKED_BYTES) {
      const [first] = db.pragma('quick_check(1)') as { quick_check: string }[];
      if (first && first.quick_check !== 'ok') return first.quick_check.replace(/\s+/g, ' ').slice(0, 200);
    }
    const changed = hasTasks(db) ? findChangedDocument(db, size) : undefined;
    return changed === undefined ? undefined : `task ${changed} differs from its hash`;
  } catch (error) {
    if (isDamage(error)) return error.message;
    throw error;
  }
}

function hasTasks(db: Connection): boolean {
  return db.prepare("SELECT 1 FROM sqlite_master WHERE name = 'tasks'").get() !== undefined;
}

/** The id of a document that differs from its hash. */
function findChangedDocument(db: Connection, size: number): string | undefined {
  const [first] = findChangedDocuments(size <= MAX_HASHED_BYTES ? streamDocuments(db) : sampleDocuments(db));
  return first;
}

function* sampleDocuments(db: Connection): Generator<HashedDocument> {
  const bounds = db
    .prepare<[], { low: number | null; high: number | null }>(
      'SELECT min(position) AS low, max(position) AS high FROM tasks',
    )
    .get();
  const from = db.prepare<[number], HashedDocument>(
    'SELECT id, document, hash FROM tasks WHERE position >= CAST(? AS INTEGER) ORDER BY position LIMIT 1',
  );
  const low = bounds?.low ?? 0;
  const high = bounds?.high ?? 0;
  for (let n = 0; n < SAMPLE_SIZE; n += 1) {
    const row = from.get(low + Math.floor(Math.random() * (high - low + 1)));
    if (row) yield row;
  }
}

/** Whether there are files that only a mirror with tasks leaves behind: without its database, those tasks are lost. */
function wasUsed(file: string, dataDir: string): boolean {
  if ((getFileSize(`${file}-wal`) ?? 0) > 0 && getFileSize(file) === undefined) return true;
  return (
    listEntries(join(dataDir, 'images')).some((name) => /^[0-9a-f]{2}$/.test(name)) ||
    listEntries(join(dataDir, 'backups')).some((name) => name.endsWith('.db'))
  );
}

/** Undefined when the file does not exist. */
function getFileSize(file: string): number | undefined {
  return statSync(file, { throwIfNoEntry: false })?.size;
}

function listEntries(directory: string): string[] {
  try {
    return readdirSync(directory);
  } catch {
    return []; // it was never created
  }
}
