/** Detects from use whether the disk accepts writes and the database is undamaged. Reads continue when it does not. */
import { accessSync, constants, statfsSync } from 'node:fs';
import { dirname } from 'node:path';
import { getErrorCode } from '../../lib/errno.ts';
import type { StoreErrorCode } from '../contract/errors.ts';
import { runInTransaction, type Sqlite } from './database.ts';
import { getErrorMeaning, isBusy, translateError } from './errors.ts';
import { isDamage, RECOVERY_HINT } from './integrity/damage.ts';
import type { WriteQueue } from './write-queue.ts';

export interface StorageWatch {
  /**
   * Wraps functions, each one atomic step: those that find the database locked wait their turn, failed writes and detected
   * damage are recorded, and errors become StoreErrors.
   */
  watch<Functions extends object>(functions: Functions): Functions;
  /** Records what an error says about the disk or the database. */
  note(error: unknown): void;
  /** Human-readable report that the database is damaged; only a restart with an undamaged one clears it. */
  damage(): string | undefined;
  /** Human-readable reason why writes fail; undefined when they work, or work again. */
  readProblem(): string | undefined;
}

/** With less free space, the next write may fail halfway. */
const MIN_FREE_BYTES = 256 * 1024;
/** As large as what a sync writes at once, so that a little free space is not mistaken for enough. */
const PROBE_BYTES = 256 * 1024;

const REASONS = new Map<StoreErrorCode | undefined, string>([
  ['full', 'the disk is full'],
  ['read-only', 'the disk is read-only'],
  ['unreachable', 'the disk fails'],
]);

/** The store error codes of file system errors. */
const SYSTEM_ERROR_CODES = new Map<string | undefined, StoreErrorCode>([
  ['ENOSPC', 'full'],
  ['EDQUOT', 'full'],
  ['EROFS', 'read-only'],
  ['EACCES', 'read-only'],
  ['EPERM', 'read-only'],
  ['EIO', 'unreachable'],
]);

export function createStorageWatch(db: Sqlite, writes: Pick<WriteQueue, 'run'>): StorageWatch {
  let failed: string | undefined;
  let damage: string | undefined;

  const note = (error: unknown): void => {
    failed = describeStorageProblem(error) ?? failed;
    if (isDamage(error)) damage ??= `the database is damaged (${error.message}): ${RECOVERY_HINT}`;
  };
  /** Writes as much as a sync would, and deletes it again: only a commit proves that there is space. */
  const probe = (): void => {
    try {
      const { raw } = db;
      runInTransaction(db, () => {
        raw
          .prepare("INSERT OR REPLACE INTO facts (name, value) VALUES ('write-probe', ?)")
          .run('x'.repeat(PROBE_BYTES));
      });
      raw.exec("DELETE FROM facts WHERE name = 'write-probe'");
      failed = undefined;
    } catch (error) {
      note(error);
    }
  };

  return {
    note,
    damage: () => damage,
    watch: (functions) =>
      Object.fromEntries(
        Object.entries(functions).map(([name, run]: [string, (...args: unknown[]) => unknown]) => [
          name,
          (...args: unknown[]) =>
            writes.run(() => {
              try {
                return run(...args);
              } catch (error) {
                if (isBusy(error)) throw error; // waits
                note(error);
                throw translateError(error);
              }
            }),
        ]),
      ) as typeof functions,
    readProblem: () => {
      const seen = checkDisk(dirname(db.raw.name));
      if (seen !== undefined) return seen;
      if (failed !== undefined) probe();
      return failed;
    },
  };
}

/** Checks the disk without writing to it. */
function checkDisk(directory: string): string | undefined {
  try {
    accessSync(directory, constants.W_OK);
    const { bavail, bsize } = statfsSync(directory);
    return bavail * bsize < MIN_FREE_BYTES ? 'the disk is full' : undefined;
  } catch (error) {
    return describeStorageProblem(error) ?? 'the disk fails';
  }
}

/** What an error says about the disk; undefined for an unrelated error. */
export function describeStorageProblem(error: unknown): string | undefined {
  return REASONS.get(getErrorMeaning(error) ?? SYSTEM_ERROR_CODES.get(getErrorCode(error)));
}
