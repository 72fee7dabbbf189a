/** Translates SQLite's result codes to the contract's StoreError at the edge of the engine. Inside, SqliteError propagates. */
import { StoreError, type StoreErrorCode } from '../contract/errors.ts';
import { SqliteError } from './driver.ts';

const MEANINGS: readonly [resultCode: RegExp, code: StoreErrorCode][] = [
  [/^SQLITE_BUSY/, 'busy'],
  [/^SQLITE_FULL/, 'full'],
  [/^SQLITE_READONLY/, 'read-only'],
  [/^SQLITE_(IOERR|CANTOPEN)/, 'unreachable'],
  [/^SQLITE_(CORRUPT|NOTADB)/, 'damaged'],
];

/** The store error code of an error, translated or not; undefined for an unrelated error. */
export function getErrorMeaning(error: unknown): StoreErrorCode | undefined {
  if (error instanceof StoreError) return error.code;
  if (!(error instanceof SqliteError)) return undefined;
  return MEANINGS.find(([resultCode]) => resultCode.test(error.code))?.[1];
}

/** Whether an error means that another process holds the lock. */
export function isBusy(error: unknown): boolean {
  return getErrorMeaning(error) === 'busy';
}

/** @returns the StoreError for a known SQLite result code; any other error unchanged */
export function translateError(error: unknown): unknown {
  const code = getErrorMeaning(error);
  return code === undefined || error instanceof StoreError || !(error instanceof Error)
    ? error
    : new StoreError(code, error.message, { cause: error });
}

/** Result codes that say that a value doesn't fit. Of any other the database is the cause, and the next row would fail as well. */
const UNFIT_VALUE =
  /^SQLITE_(MISMATCH|TOOBIG|RANGE|CONSTRAINT_(CHECK|DATATYPE|NOTNULL|PRIMARYKEY|ROWID|UNIQUE))$/;

/** Whether one row is the cause of an error, rather than the database. */
export function concernsOneRow(error: unknown): boolean {
  return error instanceof SqliteError ? UNFIT_VALUE.test(error.code) : getErrorMeaning(error) === undefined;
}

/** Runs `work` and translates the errors it throws. */
export function translateErrors<T>(work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw translateError(error);
  }
}

/**
 * Translates errors from opening a database file. A file that can't be opened means missing permission: even a reader of
 * the write-ahead log must be able to create files beside the database.
 */
export function translateOpeningError(error: unknown): unknown {
  return error instanceof SqliteError && error.code === 'SQLITE_CANTOPEN'
    ? new StoreError('read-only', error.message, { cause: error })
    : translateError(error);
}

/** Runs `work`, which opens database files, and translates the errors it throws. */
export function translateOpening<T>(work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw translateOpeningError(error);
  }
}

/** Yields the same values and translates errors. */
export async function* translateStream<T>(values: AsyncIterable<T>): AsyncGenerator<T> {
  try {
    yield* values;
  } catch (error) {
    throw translateError(error);
  }
}
