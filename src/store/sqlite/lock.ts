/**
 * One owner a data directory. The lock is an exclusive transaction held open on a database of its own, so it is free
 * the moment the owner dies, however it dies. The owner must never open `lock.db` or `mirror.db` with node:fs:
 * closing such a file would drop SQLite's locks. Who the owner is stands in a file of its own.
 */
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { hasErrorCode } from '../../lib/errno.ts';
import { OperatorError } from '../../lib/operator-error.ts';
import { Database } from './driver.ts';
import { getErrorMeaning } from './errors.ts';
import { describeStorageProblem } from './storage-problem.ts';

export interface Lock {
  release(): void;
}

/** Another process has the data directory; the message says which, or what for. */
export class DirectoryInUse extends OperatorError {
  override readonly name = 'DirectoryInUse';
}

const OWNER_FILE = 'owner.json';

/** @throws DirectoryInUse */
export function acquireLock(dataDir: string, nowMs: number): Lock {
  const ownerFile = join(dataDir, OWNER_FILE);
  const database = new Database(join(dataDir, 'lock.db'), { timeout: 0 });
  try {
    database.pragma('journal_mode = MEMORY'); // a journal in a file would need room on the disk
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
    writeFileSync(ownerFile, `${JSON.stringify(owner)}\n`);
  } catch (error) {
    if (describeStorageProblem(error) === undefined) throw error; // the lock is what counts, the name is for people
  }
}

/** Whether somebody else holds what was wanted. */
export function isBusy(error: unknown): boolean {
  return getErrorMeaning(error) === 'busy';
}

function describeOwner(ownerFile: string): string {
  const owner = readOwner(ownerFile);
  // Without: it is just starting, holds the lock and has not written its name yet.
  return owner ? ` (pid ${owner.pid} on ${owner.host}, started ${owner.started_at})` : '';
}

function readOwner(ownerFile: string): Record<string, unknown> | undefined {
  try {
    return JSON.parse(readFileSync(ownerFile, 'utf8')) as Record<string, unknown>;
  } catch {
    return undefined;
  }
}

/** The process that owns a data directory, where it says so and runs on this machine. It may have another's pid after a kill. */
export function readOwnerPid(dataDir: string): number | undefined {
  const owner = readOwner(join(dataDir, OWNER_FILE));
  if (owner?.host !== hostname() || typeof owner.pid !== 'number') return undefined;
  try {
    process.kill(owner.pid, 0);
    return owner.pid;
  } catch (error) {
    return hasErrorCode(error, 'EPERM') ? owner.pid : undefined; // of another user
  }
}
