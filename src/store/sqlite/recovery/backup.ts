/** Backups of the database: consistent while it is in use, and verified before they get their name. */
import { existsSync, mkdirSync, readdirSync, statSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { moveToFreeName } from '../../../lib/atomic-file.ts';
import { describeReason } from '../../../lib/errno.ts';
import { OperatorError } from '../../../lib/operator-error.ts';
import { withTemporaryFolder } from '../../../lib/temporary-folder.ts';
import { StoreError } from '../../contract/errors.ts';
import type { BackupResult, ScheduledBackup } from '../../contract/maintenance.ts';
import { openConnection } from '../driver.ts';
import { createPrivateFile, formatFileTimestamp, inheritOwner, syncFile } from '../durable-files.ts';
import { findChangedDocuments, streamDocuments } from '../integrity/audit.ts';
import { describeStorageProblem } from '../storage-problem.ts';

/** A backup is not possible; the message says why. */
class BackupFailed extends OperatorError {
  override readonly name = 'BackupFailed';
}

/** The copy is damaged. */
class DamagedCopy extends BackupFailed {}

/** Human-readable reason why a backup failed, without file paths. */
export function describeFailure(error: unknown): string {
  if (error instanceof DamagedCopy) return error.message;
  const reason = describeReason(error instanceof StoreError ? error.cause : error);
  return describeStorageProblem(error) ?? `the file could not be written (${reason})`;
}

/** Copies all pages in one step: a copy in steps restarts after every write in between. */
export const ALL_PAGES = 2 ** 31 - 1;

/** Whether a file name in the backup folder is that of a copy made before a migration. */
export function isMigrationBackup(name: string): boolean {
  return /^before-\d+\.\d+\.\d+[\w.+-]*\.db$/.test(name);
}

/** The default folder of backups. */
export function getBackupFolder(dataDir: string): string {
  return join(dataDir, 'backups');
}

/** `manual-20261124T093000000Z.db` in the backup folder. */
export function getBackupPath(dataDir: string, kind: 'manual' | 'scheduled', nowMs: number): string {
  return join(getBackupFolder(dataDir), `${kind}-${formatFileTimestamp(nowMs)}.db`);
}

/**
 * Copies the database atomically to a file that must not exist yet.
 * @throws BackupFailed when the file exists or the copy is damaged; system errors
 */
export async function backUp(dataDir: string, target: string): Promise<BackupResult> {
  const file = resolve(target);
  if (existsSync(file)) throw createNameTaken(file);
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
  return withTemporaryFolder(
    dirname(file),
    async (folder) => {
      inheritOwner(dirname(file), folder);
      const partial = join(folder, 'mirror.db');
      createPrivateFile(partial);
      const source = openConnection(join(dataDir, 'mirror.db'), { readonly: true, fileMustExist: true });
      try {
        await source.backup(partial, { progress: () => ALL_PAGES });
      } finally {
        source.close();
      }
      const tasks = finish(partial);
      syncFile(partial);
      if (!(await moveToFreeName(partial, file))) throw createNameTaken(file);
      syncFile(dirname(file));
      return { file, bytes: statSync(file).size, tasks };
    },
    SCHEDULED.test(basename(file)) ? 'scheduled' : undefined,
  );
}

function createNameTaken(file: string): BackupFailed {
  return new BackupFailed(`${file} is there already; a backup never overwrites anything`);
}

/** Turns the copy into a single self-contained file and verifies it. @returns the number of its tasks */
function finish(copy: string): number {
  const db = openConnection(copy);
  try {
    db.pragma('journal_mode = DELETE');
    const [result] = db.pragma('quick_check(1)') as { quick_check: string }[];
    if (result?.quick_check !== 'ok')
      throw new DamagedCopy(`the copy is damaged, and so may be the database: ${result?.quick_check}`);
    // `restore` would reject such a copy, so it must not displace a good backup.
    const [changed] = findChangedDocuments(streamDocuments(db));
    // Not everyone who may read the reason may see the task's id.
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

/** The backups created by the schedule, with their times (epoch milliseconds). Other files are never touched. */
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
