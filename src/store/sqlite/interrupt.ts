/**
 * Ends statements that run for too long. SQLite can't be interrupted from another thread through this driver, but it evaluates
 * the conditions of a search row by row, and one of them may call back and throw.
 */
import type { Sqlite } from './database.ts';
import type { Condition } from './filter-sql.ts';

/** A call costs as much as reading ten rows, so few rows make one, at random: no regular order of rows may avoid it. */
const ROWS_PER_CHECK = 128;

export function defineInterruptFunction({ raw, checkInterrupt }: Sqlite): void {
  if (!checkInterrupt) return;
  raw.function('check_interrupt', () => {
    checkInterrupt();
    return 1;
  });
}

/**
 * Always true; none for a store that is never interrupted. To be put before the conditions that reject rows. Where none does, every
 * row is returned, and whoever reads them stops by itself.
 */
export function buildInterruptConditions({ checkInterrupt }: Sqlite): Condition[] {
  if (!checkInterrupt) return [];
  return [{ sql: `(random() & ${ROWS_PER_CHECK - 1} <> 0 OR check_interrupt())`, params: [] }];
}

/** The same conditions, and one by which each row may end the statement, unless there is one: of a count, no row is returned. */
export function ensureInterruptible(db: Sqlite, conditions: readonly Condition[]): readonly Condition[] {
  const [check] = buildInterruptConditions(db);
  return !check || conditions.some(({ sql }) => sql === check.sql) ? conditions : [check, ...conditions];
}

/** Yields the same values, and may be ended between them. */
export function* yieldUntilInterrupted<T>({ checkInterrupt }: Sqlite, values: Iterable<T>): Generator<T> {
  let count = 0;
  for (const value of values) {
    if (checkInterrupt && count++ % ROWS_PER_CHECK === 0) checkInterrupt();
    yield value;
  }
}
