/** The open SQLite database, as the files of this folder share it. */

import { type BetterSQLite3Database, drizzle } from 'drizzle-orm/better-sqlite3';
import { type Connection, Database } from './driver.ts';
import { createPrivateFile } from './durable-files.ts';
import * as schema from './schema.ts';

export interface Sqlite {
  readonly raw: Connection;
  readonly drizzle: BetterSQLite3Database<typeof schema>;
}

const BUSY_TIMEOUT_MS = 5000;
const CACHE_KIB = 64 * 1024;
const MMAP_BYTES = 1 << 30;

/**
 * Opens the file with our pragmas. Mapped into memory, it is read without copying; what was read then counts as memory of the
 * process, so only the server does that. FULL synchronisation: an acknowledged write survives a power cut, and at one
 * transaction a batch it costs nothing measurable.
 */
export function openDatabase(file: string, options: { readonly: boolean; isMapped: boolean }): Sqlite {
  if (!options.readonly) createPrivateFile(file);
  const raw = new Database(file, { readonly: options.readonly, timeout: BUSY_TIMEOUT_MS });
  if (!options.readonly) {
    raw.pragma('journal_mode = WAL');
    raw.pragma('synchronous = FULL');
    raw.pragma('foreign_keys = ON');
  }
  raw.pragma(`cache_size = -${CACHE_KIB}`);
  if (options.isMapped) raw.pragma(`mmap_size = ${MMAP_BYTES}`);
  raw.pragma('temp_store = MEMORY');
  return { raw, drizzle: drizzle(raw, { schema }) };
}

/** Runs `work` as one immediate transaction: a deferred one that reads first can fail with SQLITE_BUSY_SNAPSHOT. */
export function runInTransaction<T>({ raw }: Sqlite, work: () => T): T {
  return raw.transaction(work).immediate();
}

/**
 * Runs one write that a power cut may undo, without waiting for the disk. The next transaction that waits covers it, because
 * both stand in the same log. Inside a transaction it is a part of that.
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
