/** Translates SQLite's result codes to the contract's StoreError, at the edge of the engine. Inside, SqliteError is thrown on. */
import { StoreError, type StoreErrorCode } from '../contract/errors.ts';
import { SqliteError } from './driver.ts';

const MEANINGS: readonly [resultCode: RegExp, code: StoreErrorCode][] = [
  [/^SQLITE_BUSY/, 'busy'],
  [/^SQLITE_FULL/, 'full'],
  [/^SQLITE_READONLY/, 'read-only'],
  [/^SQLITE_(IOERR|CANTOPEN)/, 'unreachable'],
  [/^SQLITE_(CORRUPT|NOTADB)/, 'damaged'],
];

/** What an error of this engine means, translated or not; undefined for one that is about something else. */
export function getErrorMeaning(error: unknown): StoreErrorCode | undefined {
  if (error instanceof StoreError) return error.code;
  if (!(error instanceof SqliteError)) return undefined;
  return MEANINGS.find(([resultCode]) => resultCode.test(error.code))?.[1];
}

/** @returns the StoreError for an error that SQLite has a code for; any other error as it is */
export function translateError(error: unknown): unknown {
  const code = getErrorMeaning(error);
  return code === undefined || error instanceof StoreError || !(error instanceof Error)
    ? error
    : new StoreError(code, error.message, { cause: error });
}

/** Runs work, and translates what it throws. */
export function translateErrors<T>(work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw translateError(error);
  }
}

/**
 * Translates what opening a database file throws. One that can't be opened lacks permission: even a reader of the write-ahead
 * log must be able to create files beside the database.
 */
export function translateOpeningError(error: unknown): unknown {
  return error instanceof SqliteError && error.code === 'SQLITE_CANTOPEN'
    ? new StoreError('read-only', error.message, { cause: error })
    : translateError(error);
}

/** Runs work that opens database files, and translates what it throws. */
export function translateOpening<T>(work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw translateOpeningError(error);
  }
}

/** The same values; what fails on the way is translated. */
export async function* translateStream<T>(values: AsyncIterable<T>): AsyncGenerator<T> {
  try {
    yield* values;
  } catch (error) {
    throw translateError(error);
  }
}
