/** The open SQLite database, shared by the modules of this folder. */

import { type BetterSQLite3Database, drizzle } from 'drizzle-orm/better-sqlite3';
import { type Connection, openConnection } from './driver.ts';
import { createPrivateFile } from './durable-files.ts';
import * as schema from './schema.ts';
import { BUSY_TIMEOUT_MS } from './write-queue.ts';

export interface Sqlite {
  readonly raw: Connection;
  readonly drizzle: BetterSQLite3Database<typeof schema>;
  /** Called while a search runs; what it throws ends the search (see interrupt.ts). */
  readonly checkInterrupt: (() => void) | undefined;
}

const CACHE_KIB = 64 * 1024;
const MMAP_BYTES = 1 << 30;

/**
 * Opens the file with our pragmas. A memory-mapped file is read without copying, but its pages count as memory of the
 * process, so only the server maps it. `synchronous = FULL`: an acknowledged write survives a power cut, and at one
 * transaction per batch the cost is not measurable.
 */
export function openDatabase(
  file: string,
  options: { readonly: boolean; isMapped: boolean; checkInterrupt?: (() => void) | undefined },
): Sqlite {
  if (!options.readonly) createPrivateFile(file);
  const raw = openConnection(file, { readonly: options.readonly, timeout: BUSY_TIMEOUT_MS });
  try {
    setPragmas(raw, options);
  } catch (error) {
    raw.close(); // the first one reads the file, which may be no database
    throw error;
  }
  return { raw, drizzle: drizzle(raw, { schema }), checkInterrupt: options.checkInterrupt };
}

function setPragmas(raw: Connection, options: { readonly: boolean; isMapped: boolean }): void {
  if (!options.readonly) {
    raw.pragma('journal_mode = WAL');
    raw.pragma('synchronous = FULL');
    raw.pragma('foreign_keys = ON');
  }
  raw.pragma(`cache_size = -${CACHE_KIB}`);
  if (options.isMapped) raw.pragma(`mmap_size = ${MMAP_BYTES}`);
  raw.pragma('temp_store = MEMORY');
}

/**
 * Sets how long SQLite itself waits for a lock, which blocks the thread. A resident process opens the database with a wait, and
 * then lets its writes wait in a queue (write-queue.ts).
 */
export function setBusyTimeout({ raw }: Sqlite, milliseconds: number): void {
  raw.pragma(`busy_timeout = ${milliseconds}`);
}

/** Runs `work` as one immediate transaction: a deferred transaction that reads first can fail with SQLITE_BUSY_SNAPSHOT. */
export function runInTransaction<T>({ raw }: Sqlite, work: () => T): T {
  return raw.transaction(work).immediate();
}

/**
 * Runs one write that a power cut may undo, without waiting for the disk. The next synced transaction makes it durable too,
 * because both are in the same log. Inside a transaction, it is part of that transaction.
 */
export function runWithoutSync<T>({ raw }: Sqlite, work: () => T): T {
  if (raw.inTransaction) return work();
  raw.pragma('synchronous = NORMAL');
  try {
    return work();
  } finally {
    raw.pragma('synchronous = FULL');
  }
}
