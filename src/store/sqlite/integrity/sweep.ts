/** What restores, rebuilds and backups that were killed left behind. */
import { existsSync, readdirSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { getBackupFolder } from '../recovery/backup.ts';
import { removeDatabase } from './database-files.ts';

/** Made under the lock alone. */
const WORKING_FILES = ['mirror.db.restoring', 'mirror.db.rebuilding', 'mirror.db.damaged'];
const PARTIAL = /\.partial(-wal|-shm|-journal)?$/;
/** Only the owner of the lock writes these. */
const OWNER_FILES = /^((scheduled|replaced)-|before-\d)/;
/** A command may be writing the others beside us: it writes without a pause. */
const ABANDONED_AFTER_MS = 3_600_000;

/** The caller holds the lock. */
export function sweepLeftovers(dataDir: string, nowMs: number): void {
  for (const name of WORKING_FILES) removeDatabase(join(dataDir, name));
  const folder = getBackupFolder(dataDir);
  if (!existsSync(folder)) return;
  for (const name of readdirSync(folder)) {
    if (!PARTIAL.test(name)) continue;
    const file = join(folder, name);
    const writtenAtMs = statSync(file, { throwIfNoEntry: false })?.mtimeMs;
    if (writtenAtMs === undefined) continue; // its command has just finished
    if (OWNER_FILES.test(name) || nowMs - writtenAtMs > ABANDONED_AFTER_MS) rmSync(file, { force: true });
  }
}
