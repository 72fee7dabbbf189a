/**
 * Numbers for upstream requests, from one counter in the database for all processes: they rise in the order in which the
 * requests were sent, across processes and restarts, whatever the clocks say. So a late answer never passes for a newer one.
 */
import { sql } from 'drizzle-orm';
import { runWithoutSync, type Sqlite } from './database.ts';
import { isBusy } from './lock.ts';
import type { Metadata } from './metadata.ts';
import { metadataTable } from './schema.ts';
import { describeStorageProblem } from './storage-problem.ts';

/** Earlier versions counted in memory, in a block of this size for each start; the counter begins behind their last block. */
const NUMBERS_PER_START = 2 ** 32;

/**
 * Each number costs one small write beside a network request. While the disk takes none, nothing can be stored, and numbers
 * rise in memory only.
 * @param onError told of a write that failed
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
      // Whatever is stored under this number is written behind it, and a sync of that covers both.
      last = Number(runWithoutSync(db, () => draw.get({ last })).value);
    } catch (error) {
      if (!isBusy(error) && describeStorageProblem(error) === undefined) throw error;
      onError(error);
      last = Math.max(last, Number(metadata.get('request-seq') ?? 0)) + 1;
    }
    return last;
  };
}

/** Lifts the counter above a number that was drawn once, and above those that were drawn soon after it. */
export function raiseRequestSeq(metadata: Metadata, drawn: number): void {
  const behind = computeBlockStart(Math.floor(drawn / NUMBERS_PER_START) + 1);
  if (behind > Number(metadata.get('request-seq') ?? 0)) metadata.set('request-seq', String(behind));
}

function computeBlockStart(block: number): number {
  return block * NUMBERS_PER_START;
}
