/**
 * One owner per data directory. The lock is an exclusive transaction held open on a separate database, so it is released
 * the moment the owner dies, however it dies. The owner must never open `lock.db` or `mirror.db` with node:fs:
 * closing such a file would drop SQLite's locks. The owner's identity is stored in a separate file.
 */
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { isProcessRunning } from '../../lib/is-process-running.ts';
import { OperatorError } from '../../lib/operator-error.ts';
import type { RunningServer } from '../contract/servers.ts';
import { openConnection } from './driver.ts';
import { createPrivateFile } from './durable-files.ts';
import { isBusy } from './errors.ts';
import { describeStorageProblem } from './storage-problem.ts';

export interface Lock {
  release(): void;
}

/** Another process is using the data directory; the message says which, or for what. */
export class DirectoryInUse extends OperatorError {
  override readonly name = 'DirectoryInUse';
}

const OWNER_FILE = 'owner.json';

/** @throws DirectoryInUse */
export function acquireLock(dataDir: string, nowMs: number): Lock {
  const ownerFile = join(dataDir, OWNER_FILE);
  const file = join(dataDir, 'lock.db');
  createPrivateFile(file);
  const database = openConnection(file, { timeout: 0 });
  try {
    database.pragma('journal_mode = MEMORY'); // a journal file would need disk space
    database.exec('BEGIN EXCLUSIVE');
  } catch (cause) {
    database.close();
    if (!isBusy(cause)) throw cause;
    throw new DirectoryInUse(`${dataDir} is in use by another flux-mirror${describeOwner(ownerFile)}`, {
      cause,
    });
  }
  writeOwner(ownerFile, nowMs);
  return {
    release: () => {
      rmSync(ownerFile, { force: true });
      database.close();
    },
  };
}

function writeOwner(ownerFile: string, nowMs: number): void {
  const owner = { pid: process.pid, host: hostname(), started_at: new Date(nowMs).toISOString() };
  try {
    writeFileSync(ownerFile, `${JSON.stringify(owner)}\n`, { mode: 0o600 });
  } catch (error) {
    if (describeStorageProblem(error) === undefined) throw error; // the lock itself is held; the file is only informative
  }
}

function describeOwner(ownerFile: string): string {
  const owner = readOwner(ownerFile);
  // Without one, the owner is just starting: it holds the lock but has not written the file yet.
  return owner ? ` (pid ${owner.pid} on ${owner.host}, started ${owner.started_at})` : '';
}

function readOwner(ownerFile: string): Record<string, unknown> | undefined {
  try {
    return JSON.parse(readFileSync(ownerFile, 'utf8')) as Record<string, unknown>;
  } catch {
    return undefined;
  }
}

/** The owner of a data directory, if it is recorded and alive on this machine. After a kill, the pid may have been reused. */
export function findOwner(dataDir: string): RunningServer | undefined {
  const owner = readOwner(join(dataDir, OWNER_FILE));
  if (owner?.host !== hostname() || typeof owner.pid !== 'number') return undefined;
  return isProcessRunning(owner.pid) ? { pid: owner.pid, host: owner.host } : undefined;
}
