/** Removes the leftovers of killed restores, rebuilds and backups. */
import { existsSync, readdirSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { sweepTemporaryFolders } from '../../../lib/temporary-folder.ts';
import { getBackupFolder } from '../recovery/backup.ts';
import { removeDatabase } from './database-files.ts';

/** Created only while holding the exclusive lock. */
const WORKING_FILES = ['mirror.db.restoring', 'mirror.db.rebuilding', 'mirror.db.damaged'];
const PARTIAL = /\.partial(-wal|-shm|-journal)?$/;
/** Partial files and temporary folders that only the owner of the lock writes. */
const OWNER_FILES = /^((scheduled|replaced)-|before-\d)/;
/** Other partial files may be in use by a running command, which writes continuously. */
const ABANDONED_AFTER_MS = 3_600_000;

/** The caller holds the lock. */
export function sweepLeftovers(dataDir: string, nowMs: number): void {
  for (const name of WORKING_FILES) removeDatabase(join(dataDir, name));
  for (const folder of [dataDir, getBackupFolder(dataDir)])
    sweepTemporaryFolders(folder, nowMs, (name) => (OWNER_FILES.test(name) ? 'always' : 'if abandoned'));
  const folder = getBackupFolder(dataDir);
  if (!existsSync(folder)) return;
  for (const name of readdirSync(folder)) {
    if (!PARTIAL.test(name)) continue;
    const file = join(folder, name);
    const writtenAtMs = statSync(file, { throwIfNoEntry: false })?.mtimeMs;
    if (writtenAtMs === undefined) continue; // its command has just completed it
    if (OWNER_FILES.test(name) || nowMs - writtenAtMs > ABANDONED_AFTER_MS) rmSync(file, { force: true });
  }
}
