/**
 * Putting a checked file in the place of the database, so that a kill at any moment leaves the old one or the new one, whole.
 * The new file's name `mirror.db.ready-<time>` decides: from that rename on the switch is only finished, by whoever holds the
 * lock next, and nobody opens the old database. Every step can be repeated. The old database moves with its log, never
 * by a second name for the same file, so nothing can write into what is kept.
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

/** A restore or a rebuild was killed on its last steps, and nobody has finished it yet. */
class RestoreInterrupted extends OperatorError {
  override readonly name = 'RestoreInterrupted';
}

const READY = /^mirror\.db\.ready-(\w+)$/;
/** Holds what no other file has. Before the database itself: once that has gone, its log belongs to nothing. */
const KEPT = ['-wal', '-journal', ''] as const;

/**
 * Makes a checked file the database; the one before goes to the backups. The caller is alone with the data directory.
 * @param incoming beside the database, brought to the disk, and without a log
 * @returns where the one before is
 */
export function swapIn(dataDir: string, incoming: string, nowMs: number): string | undefined {
  renameSync(incoming, join(dataDir, `mirror.db.ready-${findFreeTimestamp(dataDir, nowMs)}`));
  syncFile(dataDir);
  return finishSwap(dataDir);
}

/** Finishes a switch that was interrupted, if there is one. The caller holds the lock. @returns where the one before is */
export function finishSwap(dataDir: string): string | undefined {
  const stamp = findInterruptedSwap(dataDir);
  if (stamp === undefined) return undefined;
  const file = join(dataDir, 'mirror.db');
  const kept = getReplacedPath(dataDir, stamp);
  mkdirSync(getBackupFolder(dataDir), { recursive: true, mode: 0o700 });
  inheritOwner(dataDir, getBackupFolder(dataDir));
  for (const suffix of KEPT) moveToKept(`${file}${suffix}`, `${kept}${suffix}`);
  // A log of the old database would be played into the new one.
  for (const suffix of COMPANIONS) rmSync(`${file}${suffix}`, { force: true });
  for (const folder of [getBackupFolder(dataDir), dataDir]) syncFile(folder);
  renameSync(join(dataDir, `mirror.db.ready-${stamp}`), file);
  syncFile(dataDir);
  return existsSync(kept) ? kept : undefined;
}

/** @throws RestoreInterrupted for who does not hold the lock, and so can't finish it */
export function assertSwapped(dataDir: string): void {
  if (findInterruptedSwap(dataDir) === undefined) return;
  throw new RestoreInterrupted(
    `a restore of ${dataDir} was interrupted: start \`flux-mirror serve\`, or run the restore again, to finish it`,
  );
}

/** Whether a switch waits to be finished. */
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

/** The time as a name that no earlier switch took. */
function findFreeTimestamp(dataDir: string, nowMs: number): string {
  let atMs = nowMs;
  while (existsSync(getReplacedPath(dataDir, formatFileTimestamp(atMs)))) atMs += 1;
  return formatFileTimestamp(atMs);
}

/** Moves a file unless it is kept already: what has its name then is of a reader that came by in between. */
function moveToKept(file: string, kept: string): void {
  const size = statSync(file, { throwIfNoEntry: false })?.size;
  if (size === undefined) return;
  const isEmptyLog = size === 0 && file.endsWith('-wal');
  if (!isEmptyLog && !existsSync(kept)) {
    try {
      renameSync(file, kept);
    } catch (error) {
      if (!hasErrorCode(error, 'EXDEV')) throw error;
      copyDurably(file, kept); // the backups are on a disk of their own
    }
    chmodSync(kept, 0o600);
  }
  rmSync(file, { force: true });
}

/** Whole or not at all under its name. */
function copyDurably(file: string, name: string): void {
  const partial = `${name}.partial`;
  rmSync(partial, { force: true });
  copyFileSync(file, partial, constants.COPYFILE_EXCL);
  renameDurably(partial, name);
}
