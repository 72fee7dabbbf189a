/**
 * Numbers for upstream requests, from one database counter shared by all processes: they increase in the order in which
 * requests are sent, across processes and restarts, whatever the clocks say. So a late response never passes for a newer one.
 */
import { sql } from 'drizzle-orm';
import { runWithoutSync, type Sqlite } from './database.ts';
import { isBusy } from './lock.ts';
import type { Metadata } from './metadata.ts';
import { metadataTable } from './schema.ts';
import { describeStorageProblem } from './storage-problem.ts';

/** Earlier versions counted in memory, in a block of this size per startup; the counter starts after their last block. */
const NUMBERS_PER_START = 2 ** 32;

/**
 * Each number costs one small write per network request. While the disk rejects writes, nothing can be stored anyway, and
 * numbers increase in memory only.
 * @param onError called when a write failed
 * @returns a function that draws the next number
 */
export function createRequestSeq(
  db: Sqlite,
  metadata: Metadata,
  onError: (error: unknown) => void,
): () => number {
  const floor = sql`CAST(${sql.placeholder('last')} AS INTEGER)`;
  const draw = db.drizzle
    .insert(metadataTable)
    .values({ name: 'request-seq', value: sql`CAST(${floor} + 1 AS TEXT)` })
    .onConflictDoUpdate({
      target: metadataTable.name,
      set: { value: sql`CAST(max(CAST(${metadataTable.value} AS INTEGER), ${floor}) + 1 AS TEXT)` },
    })
    .returning({ value: metadataTable.value })
    .prepare();
  let last = computeBlockStart(Number(metadata.get('starts') ?? 0) + 1);
  return () => {
    try {
      // A document with this number is written to the same log later, and its sync covers both.
      last = Number(runWithoutSync(db, () => draw.get({ last })).value);
    } catch (error) {
      if (!isBusy(error) && describeStorageProblem(error) === undefined) throw error;
      onError(error);
      last = Math.max(last, Number(metadata.get('request-seq') ?? 0)) + 1;
    }
    return last;
  };
}

/** Raises the counter above a number that was once drawn, and above those drawn soon after it. */
export function raiseRequestSeq(metadata: Metadata, drawn: number): void {
  const behind = computeBlockStart(Math.floor(drawn / NUMBERS_PER_START) + 1);
  if (behind > Number(metadata.get('request-seq') ?? 0)) metadata.set('request-seq', String(behind));
}

function computeBlockStart(block: number): number {
  return block * NUMBERS_PER_START;
}
