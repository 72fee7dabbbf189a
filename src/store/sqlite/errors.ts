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
