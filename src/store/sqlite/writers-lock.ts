/**
 * Commands that write beside a server (import, sync, track …) hold a shared lock while they have the database open, so that
 * it is not replaced under them: their writes would go to the replaced database. Like lock.db, it is a transaction held
 * open on a separate database, which must never be opened with node:fs.
 */
import { join } from 'node:path';
import { openConnection } from './driver.ts';
import { createPrivateFile } from './durable-files.ts';
import { isBusy } from './errors.ts';
import { acquireLock, DirectoryInUse, type Lock } from './lock.ts';

/** A process that tries to lock exclusively holds the lock for a moment even when it fails. */
const WAIT_MS = 1000;

/** @throws DirectoryInUse while the database is being replaced */
export function acquireWriterLock(dataDir: string): Lock {
  return holdLock(dataDir, {
    begin: 'BEGIN; SELECT 1 FROM sqlite_master',
    timeoutMs: WAIT_MS,
    message: `the database in ${dataDir} is being restored or rebuilt just now: try again when that has ended`,
  });
}

/** For replacing the database: excludes servers and writers. @throws DirectoryInUse */
export function acquireExclusiveLock(dataDir: string, nowMs: number): Lock {
  const owner = acquireLock(dataDir, nowMs);
  try {
    const writers = holdLock(dataDir, {
      begin: 'BEGIN EXCLUSIVE',
      timeoutMs: 0,
      message: `a command is writing to ${dataDir} (import, sync …): wait for it`,
    });
    return {
      release: () => {
        writers.release();
        owner.release();
      },
    };
  } catch (error) {
    owner.release();
    throw error;
  }
}

function holdLock(dataDir: string, how: { begin: string; timeoutMs: number; message: string }): Lock {
  const file = join(dataDir, 'writers.lock.db');
  createPrivateFile(file);
  const database = openConnection(file, { timeout: how.timeoutMs });
  try {
    database.exec(how.begin);
  } catch (cause) {
    database.close();
    if (!isBusy(cause)) throw cause;
    throw new DirectoryInUse(how.message, { cause });
  }
  return { release: () => void database.close() };
}
