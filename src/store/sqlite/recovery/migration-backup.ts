/**
 * The backup made before the schema is migrated: `backups/before-VERSION.db`, named after the version that migrates.
 * The previous version can open it, and it is kept until the next such backup is complete.
 */
import { mkdirSync, readdirSync, rmSync, statfsSync } from 'node:fs';
import { join } from 'node:path';
import { OperatorError } from '../../../lib/operator-error.ts';
import { VERSION } from '../../../lib/version.ts';
import type { Sqlite } from '../database.ts';
import { openConnection } from '../driver.ts';
import { createPrivateFile, inheritOwner, renameDurably } from '../durable-files.ts';
import { removeDatabase } from '../integrity/database-files.ts';
import { describeStorageProblem } from '../storage-problem.ts';
import { ALL_PAGES, getBackupFolder, isMigrationBackup } from './backup.ts';

/** The database could not be copied, so it was not migrated; nothing was changed. */
export class MigrationRefused extends OperatorError {
  override readonly name = 'MigrationRefused';
}

/** Called before the copy starts, which takes seconds per gigabyte. */
export type OnMigration = (copy: { file: string; bytes: number }) => void;

/** Space that the migration itself and SQLite's log need in addition to the copy. */
const MIGRATION_BYTES = 16 * 1024 * 1024;

/**
 * Copies the database unchanged. A database without tables has nothing to lose, and is not copied.
 * The caller holds the owner's lock.
 * @throws MigrationRefused when the copy can't be written
 */
export async function backUpBeforeMigration(
  db: Sqlite,
  dataDir: string,
  onMigration?: OnMigration,
): Promise<void> {
  if (!db.raw.prepare('SELECT 1 FROM sqlite_master LIMIT 1').get()) return;
  const file = join(getBackupFolder(dataDir), `before-${VERSION}.db`);
  const bytes = getFileSize(db);
  onMigration?.({ file, bytes });
  try {
    mkdirSync(getBackupFolder(dataDir), { recursive: true, mode: 0o700 });
    inheritOwner(dataDir, getBackupFolder(dataDir));
    const { bavail, bsize } = statfsSync(getBackupFolder(dataDir));
    if (bavail * bsize < bytes + MIGRATION_BYTES)
      throw createMigrationRefused(file, bytes, 'there is not enough room');
    await copyDatabase(db.raw.name, file);
  } catch (error) {
    const problem = describeStorageProblem(error);
    throw problem === undefined ? error : createMigrationRefused(file, bytes, problem, error);
  }
  removeOthers(dataDir, file);
}

/** @param file created once the copy is complete and synced */
async function copyDatabase(database: string, file: string): Promise<void> {
  const partial = `${file}.partial`;
  removeDatabase(partial);
  try {
    createPrivateFile(partial);
    // A separate connection, which sees only committed data.
    const source = openConnection(database, { readonly: true, fileMustExist: true });
    try {
      await source.backup(partial, { progress: () => ALL_PAGES });
    } finally {
      source.close();
    }
    const copy = openConnection(partial);
    try {
      copy.pragma('journal_mode = DELETE'); // a single file, readable even in a read-only folder
    } finally {
      copy.close();
    }
    renameDurably(partial, file);
  } finally {
    removeDatabase(partial);
  }
}

function removeOthers(dataDir: string, newest: string): void {
  const folder = getBackupFolder(dataDir);
  for (const name of readdirSync(folder))
    if (isMigrationBackup(name) && join(folder, name) !== newest) rmSync(join(folder, name), { force: true });
}

function getFileSize({ raw }: Sqlite): number {
  return (
    Number(raw.pragma('page_count', { simple: true })) * Number(raw.pragma('page_size', { simple: true }))
  );
}

function createMigrationRefused(file: string, bytes: number, why: string, cause?: unknown): MigrationRefused {
  const megabytes = Math.ceil((bytes + MIGRATION_BYTES) / 1024 / 1024);
  return new MigrationRefused(
    `the database must be updated, and is copied to ${file} first, which needs ${megabytes} MiB: ${why}; nothing was changed`,
    { cause },
  );
}
