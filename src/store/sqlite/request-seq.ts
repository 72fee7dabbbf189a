/**
 * Numbers for upstream requests that rise across restarts and processes: the start counter in the high digits, a
 * counter in memory in the low ones. So an answer that comes late never passes for a newer one, whatever the clocks say.
 */
import { type Sqlite, transaction } from './database.ts';
import type { Facts } from './facts.ts';

/** Numbers of one start. */
export const PER_START = 2 ** 32;

/** @returns a function that gives the next number */
export function createRequestSeq(db: Sqlite, facts: Facts): () => number {
  let last: number | undefined;
  return () => {
    last ??= takeStart(db, facts) * PER_START;
    last += 1;
    return last;
  };
}

function takeStart(db: Sqlite, facts: Facts): number {
  return transaction(db, () => {
    const start = Number(facts.get('starts') ?? 0) + 1;
    facts.set('starts', String(start));
    return start;
  });
}
