/**
 * Numbers for upstream requests, from one database counter shared by all processes: they increase in the order in which
 * requests are sent, across processes and restarts, whatever the clocks say. So a late response never passes for a newer one.
 */
import { sql } from 'drizzle-orm';
import type { MaybePromise } from '../contract/maybe-promise.ts';
import { runWithoutSync, type Sqlite } from './database.ts';
import { isBusy } from './errors.ts';
import type { Metadata } from './metadata.ts';
import { metadataTable } from './schema.ts';
import { describeStorageProblem } from './storage-problem.ts';
import type { WriteQueue } from './write-queue.ts';

/** Earlier versions counted in memory, in a block of this size per startup; the counter starts after their last block. */
const NUMBERS_PER_START = 2 ** 32;

/** A request is not held up for long by another process that writes; what a command writes at once takes less. */
const MAX_WAIT_MS = 500;

export interface RequestSeq {
  /**
   * Draws the next number. Each costs one small write per network request. While the disk rejects writes or another process
   * holds the lock, nothing can be stored anyway, and numbers increase in memory only.
   */
  next(): MaybePromise<number>;
  /** Draws it as part of the caller's transaction. */
  drawInTransaction(): number;
}

/** @param onError called when a write failed */
export function createRequestSeq(
  db: Sqlite,
  metadata: Metadata,
  writes: WriteQueue,
  onError: (error: unknown) => void,
): RequestSeq {
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
  const drawStored = (): number => {
    // A document with this number is written to the same log later, and its sync covers both.
    last = Number(runWithoutSync(db, () => draw.get({ last })).value);
    return last;
  };
  const drawInMemory = (error: unknown): number => {
    if (!isBusy(error) && describeStorageProblem(error) === undefined) throw error;
    onError(error);
    last = Math.max(last, Number(metadata.get('request-seq') ?? 0)) + 1;
    return last;
  };
  return {
    drawInTransaction: drawStored,
    next: () => {
      try {
        const drawn = writes.run(drawStored, MAX_WAIT_MS);
        return typeof drawn === 'number' ? drawn : drawn.catch(drawInMemory);
      } catch (error) {
        return drawInMemory(error);
      }
    },
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
