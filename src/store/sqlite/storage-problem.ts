/** Whether the disk takes what is written, and the database is sound, as far as its use shows. Reads go on when it does not. */
import { accessSync, constants, statfsSync } from 'node:fs';
import { dirname } from 'node:path';
import { getErrorCode } from '../../lib/errno.ts';
import type { StoreErrorCode } from '../contract/errors.ts';
import { runInTransaction, type Sqlite } from './database.ts';
import { getErrorMeaning, translateError } from './errors.ts';
import { isDamage, RECOVERY_HINT } from './integrity/damage.ts';

export interface StorageWatch {
  /** The same functions; a write that the disk refused, and damage that came to light, is remembered. They throw StoreErrors. */
  watch<Functions extends object>(functions: Functions): Functions;
  /** Remembers what an error says about the disk or the database. */
  note(error: unknown): void;
  /** That the database is damaged, for people; nothing but a restart with a sound one ends it. */
  damage(): string | undefined;
  /** What is wrong, for people; undefined when writing works, or works again. */
  readProblem(): string | undefined;
}

/** With less, the next write may fail in its middle. */
const MIN_FREE_BYTES = 256 * 1024;
/** As large as what a sync writes at once, so that a little room is not taken for enough. */
const PROBE_BYTES = 256 * 1024;

const REASONS = new Map<StoreErrorCode | undefined, string>([
  ['full', 'the disk is full'],
  ['read-only', 'the disk is read-only'],
  ['unreachable', 'the disk fails'],
]);

/** What errors of the file system mean. */
const SYSTEM_ERROR_CODES = new Map<string | undefined, StoreErrorCode>([
  ['ENOSPC', 'full'],
  ['EDQUOT', 'full'],
  ['EROFS', 'read-only'],
  ['EACCES', 'read-only'],
  ['EPERM', 'read-only'],
  ['EIO', 'unreachable'],
]);

export function createStorageWatch(db: Sqlite): StorageWatch {
  let failed: string | undefined;
  let damage: string | undefined;

  const note = (error: unknown): void => {
    failed = describeStorageProblem(error) ?? failed;
    if (isDamage(error)) damage ??= `the database is damaged (${error.message}): ${RECOVERY_HINT}`;
  };
  /** Writes as much as a sync would, and takes it back: only a commit shows that there is room. */
  const probe = (): void => {
    try {
      const { raw } = db;
      runInTransaction(db, () => {
        raw.prepare("INSERT INTO facts (name, value) VALUES ('write-probe', ?)").run('x'.repeat(PROBE_BYTES));
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
          (...args: unknown[]) => {
            try {
              return run(...args);
            } catch (error) {
              note(error);
              throw translateError(error);
            }
          },
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

/** What the file system says without being written to. */
function checkDisk(directory: string): string | undefined {
  try {
    accessSync(directory, constants.W_OK);
    const { bavail, bsize } = statfsSync(directory);
    return bavail * bsize < MIN_FREE_BYTES ? 'the disk is full' : undefined;
  } catch (error) {
    return describeStorageProblem(error) ?? 'the disk fails';
  }
}

/** What an error says about the disk; undefined for one that is about something else. */
export function describeStorageProblem(error: unknown): string | undefined {
  return REASONS.get(getErrorMeaning(error) ?? SYSTEM_ERROR_CODES.get(getErrorCode(error)));
}
