/** Copies of the database: consistent, while it is in use, and checked before they count. */
import {
  closeSync,
  existsSync,
  linkSync,
  mkdirSync,
  openSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
} from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { getErrorCode } from '../../../lib/errno.ts';
import { OperatorError } from '../../../lib/operator-error.ts';
import { StoreError } from '../../contract/errors.ts';
import type { BackupResult, ScheduledBackup } from '../../contract/maintenance.ts';
import { Database } from '../driver.ts';
import { createPrivateFile, formatFileTimestamp, syncFile } from '../durable-files.ts';
import { findChangedDocuments, streamDocuments } from '../integrity/audit.ts';
import { describeStorageProblem } from '../storage-problem.ts';

/** There is something in the way of a backup; the message says what. */
class BackupFailed extends OperatorError {
  override readonly name = 'BackupFailed';
}

/** What was copied is not sound. */
class DamagedCopy extends BackupFailed {}

/** Why a backup failed, for people who need not know where files lie. */
export function describeFailure(error: unknown): string {
  if (error instanceof DamagedCopy) return error.message;
  const code = getErrorCode(error instanceof StoreError ? error.cause : error);
  return (
    describeStorageProblem(error) ?? `the file could not be written${code === undefined ? '' : ` (${code})`}`
  );
}

/** All at once: a part at a time would begin anew after every write in between. */
export const ALL_PAGES = 2 ** 31 - 1;

/** Whether a name in the folder of backups is that of a copy made before a migration. */
export function isMigrationBackup(name: string): boolean {
  return /^before-\d+\.\d+\.\d+[\w.+-]*\.db$/.test(name);
}

/** Where backups are when no file is named. */
export function getBackupFolder(dataDir: string): string {
  return join(dataDir, 'backups');
}

/** `manual-20261124T093000000Z.db` in the folder of backups. */
export function getBackupPath(dataDir: string, kind: 'manual' | 'scheduled', nowMs: number): string {
  return join(getBackupFolder(dataDir), `${kind}-${formatFileTimestamp(nowMs)}.db`);
}

/**
 * Copies the database to a file that is not there yet, whole or not at all.
 * @throws BackupFailed when there is such a file, or the copy is not sound; the system's error
 */
export async function backUp(dataDir: string, target: string): Promise<BackupResult> {
  const file = resolve(target);
  if (existsSync(file))
    throw new BackupFailed(`${file} is there already; a backup never overwrites anything`);
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
  const partial = `${file}.partial`;
  rmSync(partial, { force: true });
  try {
    createPrivateFile(partial);
    const source = new Database(join(dataDir, 'mirror.db'), { readonly: true, fileMustExist: true });
    try {
      await source.backup(partial, { progress: () => ALL_PAGES });
    } finally {
      source.close();
    }
    const tasks = finish(partial);
    syncFile(partial);
    linkOrRename(partial, file);
    syncFile(dirname(file));
    return { file, bytes: statSync(file).size, tasks };
  } finally {
    for (const leftover of [partial, `${partial}-wal`, `${partial}-shm`]) rmSync(leftover, { force: true });
  }
}

/** Gives a file its name unless it is taken: unlike a rename, a link fails when somebody else was faster. */
function linkOrRename(partial: string, file: string): void {
  try {
    linkSync(partial, file);
  } catch (error) {
    if (existsSync(file)) throw error;
    // The file system has no links. The name is taken with an empty file first, which the whole one then replaces.
    closeSync(openSync(file, 'wx', 0o600));
    renameSync(partial, file);
  }
}

/** Makes one file of it that any place can read, and looks whether it is sound. @returns its tasks */
function finish(copy: string): number {
  const db = new Database(copy);
  try {
    db.pragma('journal_mode = DELETE');
    const [result] = db.pragma('quick_check(1)') as { quick_check: string }[];
    if (result?.quick_check !== 'ok')
      throw new DamagedCopy(`the copy is damaged, and so may be the database: ${result?.quick_check}`);
    // What `restore` would refuse is no backup, and must not push out one that is.
    const [changed] = findChangedDocuments(streamDocuments(db));
    // Which one it is does not concern everybody who may read the reason.
    if (changed !== undefined)
      throw new DamagedCopy(
        'the database is damaged: a document differs from its hash; `flux-mirror doctor` tells which',
      );
    return db.prepare<[], { n: number }>('SELECT count(*) AS n FROM tasks').get()?.n ?? 0;
  } finally {
    db.close();
  }
}

const SCHEDULED = /^scheduled-(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)(\d{3})Z\.db$/;

/** The backups that the schedule made, with their times (epoch milliseconds). Others are never touched. */
export function listScheduledBackups(dataDir: string): ScheduledBackup[] {
  const folder = getBackupFolder(dataDir);
  if (!existsSync(folder)) return [];
  return readdirSync(folder).flatMap((name) => {
    const match = SCHEDULED.exec(name);
    if (!match) return [];
    const [year = 0, month = 1, ...rest] = match.slice(1).map(Number);
    const [day = 1, hour = 0, minute = 0, second = 0, ms = 0] = rest;
    return [{ file: join(folder, name), atMs: Date.UTC(year, month - 1, day, hour, minute, second, ms) }];
  });
}
