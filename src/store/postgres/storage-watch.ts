/** Detects from use whether the database accepts writes and is undamaged, and translates errors at the edge of the engine. */
import type { StoreErrorCode } from '../contract/errors.ts';
import type { Postgres } from './database.ts';
import { describeError, getErrorMeaning, translateError } from './errors.ts';
import { runInTransaction } from './transaction.ts';

export interface StorageWatch {
  /** Wraps functions: failed writes and detected damage are recorded, and errors become StoreErrors. */
  watch<Functions extends object>(functions: Functions): Functions;
  /** Records what an error says about the database. */
  note(error: unknown): void;
  /** Human-readable report that the database is damaged. */
  damage(): string | undefined;
  /** Whether reads fail as well. */
  isAway(): boolean;
  /** Human-readable reason why writes fail; undefined when they work, or work again. */
  readProblem(): Promise<string | undefined>;
}

const UNREACHABLE = 'the database is unreachable';
const REASONS = new Map<StoreErrorCode | undefined, string>([
  ['full', "the database's disk is full"],
  ['read-only', 'the database is read-only'],
  ['unreachable', UNREACHABLE],
]);
/** As large as what a sync writes at once, so that a little free space is not mistaken for enough. */
const PROBE_CHARACTERS = 256 * 1024;

export function createStorageWatch(db: Postgres): StorageWatch {
  let failed: string | undefined;
  let damage: string | undefined;

  const note = (error: unknown): void => {
    const meaning = getErrorMeaning(error);
    failed = REASONS.get(meaning) ?? failed;
    if (meaning === 'damaged')
      damage ??= `the database is damaged (${describeError(error)}): restore a backup of PostgreSQL`;
  };

  /** Writes as much as a sync would, and takes it back. Random characters, which can't be compressed. */
  const probe = async (): Promise<void> => {
    try {
      await runInTransaction(db, { isSilent: true }, async (tx) => {
        const text = Array.from({ length: PROBE_CHARACTERS / 8 }, () =>
          Math.random().toString(36).slice(2, 10).padEnd(8, '0'),
        ).join('');
        await tx.execute(`INSERT INTO facts (name, value) VALUES ('write-probe ' || pg_backend_pid(), $1)`, [
          text,
        ]);
        await tx.execute(`DELETE FROM facts WHERE name = 'write-probe ' || pg_backend_pid()`);
      });
      failed = undefined;
    } catch (error) {
      note(error);
    }
  };

  return {
    note,
    damage: () => damage,
    isAway: () => failed === UNREACHABLE,
    watch: (functions) =>
      Object.fromEntries(
        Object.entries(functions).map(([name, run]: [string, (...args: unknown[]) => unknown]) => [
          name,
          async (...args: unknown[]) => {
            try {
              return await run(...args);
            } catch (error) {
              note(error);
              throw translateError(error);
            }
          },
        ]),
      ) as typeof functions, // of the same names, and asynchronous as the contract allows
    readProblem: async () => {
      if (failed !== undefined) await probe();
      return failed;
    },
  };
}
