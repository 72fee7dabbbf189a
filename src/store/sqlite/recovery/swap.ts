/**
 * Replaces the database with a checked file, so that a kill at any moment leaves either the old or the new one complete.
 * The rename to `mirror.db.ready-<time>` is the commit point: from then on the swap can only be completed, by the next
 * process that holds the lock, and no process opens the old database. Every step is idempotent. The old database moves
 * together with its log, and never through a second link to the same file, so nothing can write to what is kept.
 */
import {
  chmodSync,
  constants,
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
} from 'node:fs';
import { join } from 'node:path';
import { hasErrorCode } from '../../../lib/errno.ts';
import { OperatorError } from '../../../lib/operator-error.ts';
import { formatFileTimestamp, inheritOwner, renameDurably, syncFile } from '../durable-files.ts';
import { COMPANIONS } from '../integrity/database-files.ts';
import { getBackupFolder } from './backup.ts';

/** A restore or rebuild was killed during the swap, which has not been completed yet. */
class RestoreInterrupted extends OperatorError {
  override readonly name = 'RestoreInterrupted';
}

const READY = /^mirror\.db\.ready-(\w+)$/;
/** Files with unique data. The logs move before the database itself: without it, a log is useless. */
const KEPT = ['-wal', '-journal', ''] as const;

/**
 * Makes a checked file the database; the old one moves to the backups. The caller holds the exclusive lock.
 * @param incoming in the same folder as the database, synced to disk, and without a log
 * @returns the path of the old database
 */
export function swapIn(dataDir: string, incoming: string, nowMs: number): string | undefined {
  renameSync(incoming, join(dataDir, `mirror.db.ready-${findFreeTimestamp(dataDir, nowMs)}`));
  syncFile(dataDir);
  return finishSwap(dataDir);
}

/** Completes an interrupted swap, if any. The caller holds the lock. @returns the path of the old database */
export function finishSwap(dataDir: string): string | undefined {
  const stamp = findInterruptedSwap(dataDir);
  if (stamp === undefined) return undefined;
  const file = join(dataDir, 'mirror.db');
  const kept = getReplacedPath(dataDir, stamp);
  mkdirSync(getBackupFolder(dataDir), { recursive: true, mode: 0o700 });
  inheritOwner(dataDir, getBackupFolder(dataDir));
  for (const suffix of KEPT) moveToKept(`${file}${suffix}`, `${kept}${suffix}`);
  // SQLite would apply a log of the old database to the new one.
  for (const suffix of COMPANIONS) rmSync(`${file}${suffix}`, { force: true });
  for (const folder of [getBackupFolder(dataDir), dataDir]) syncFile(folder);
  renameSync(join(dataDir, `mirror.db.ready-${stamp}`), file);
  syncFile(dataDir);
  return existsSync(kept) ? kept : undefined;
}

/** For callers without the lock, which can't complete a swap. @throws RestoreInterrupted */
export function assertSwapped(dataDir: string): void {
  if (findInterruptedSwap(dataDir) === undefined) return;
  throw new RestoreInterrupted(
    `a restore of ${dataDir} was interrupted: start \`flux-mirror serve\`, or run the restore again, to finish it`,
  );
}

/** Whether a swap is incomplete. */
export function isHalfSwapped(dataDir: string): boolean {
  return findInterruptedSwap(dataDir) !== undefined;
}

function findInterruptedSwap(dataDir: string): string | undefined {
  if (!existsSync(dataDir)) return undefined;
  for (const name of readdirSync(dataDir)) {
    const [, stamp] = READY.exec(name) ?? [];
    if (stamp !== undefined) return stamp;
  }
  return undefined;
}

const getReplacedPath = (dataDir: string, stamp: string) =>
  join(getBackupFolder(dataDir), `replaced-${stamp}.db`);

/** A timestamp that no earlier swap has used. */
function findFreeTimestamp(dataDir: string, nowMs: number): string {
  let atMs = nowMs;
  while (existsSync(getReplacedPath(dataDir, formatFileTimestamp(atMs)))) atMs += 1;
  return formatFileTimestamp(atMs);
}

/** Moves a file unless it has already been moved: a file of that name was then created by a reader in between. */
function moveToKept(file: string, kept: string): void {
  const size = statSync(file, { throwIfNoEntry: false })?.size;
  if (size === undefined) return;
  const isEmptyLog = size === 0 && file.endsWith('-wal');
  if (!isEmptyLog && !existsSync(kept)) {
    try {
      renameSync(file, kept);
    } catch (error) {
      if (!hasErrorCode(error, 'EXDEV')) throw error;
      copyDurably(file, kept); // the backups are on another disk
    }
    chmodSync(kept, 0o600);
  }
  rmSync(file, { force: true });
}

/** Copies a file atomically. */
function copyDurably(file: string, name: string): void {
  const partial = `${name}.partial`;
  rmSync(partial, { force: true });
  copyFileSync(file, partial, constants.COPYFILE_EXCL);
  renameDurably(partial, name);
}
