/** Backups on a schedule, with retention. */
import { once } from 'node:events';
import { rm } from 'node:fs/promises';
import type { Clock } from '../clock.ts';
import { type Schedule, startCron } from '../cron.ts';
import type { Log } from '../log.ts';
import type { Store } from '../store/contract.ts';
import { backupFile, failureReason, scheduledBackups } from '../store/safety/backup.ts';
import { keptBackups } from '../store/safety/retention.ts';
import { besideAs, startWorker } from '../worker.ts';
import type { BackupReply, BackupWorkerData } from './backup-worker.ts';
import { rememberBackup } from './last-backup.ts';

interface Parts {
  readonly store: Store;
  readonly dataDir: string;
  readonly backupCron: string;
  readonly clock: Clock;
  readonly log: Log;
}

/** Backs up at the times of the setting; `off` never does. */
export function startBackups(parts: Parts): Schedule {
  return startCron(parts.backupCron, () => scheduledBackup(parts), parts.log);
}

/** One scheduled backup. A failure is remembered and logged; old backups go only after a good one. */
export async function scheduledBackup(parts: Parts): Promise<void> {
  const { store, dataDir, clock, log } = parts;
  try {
    const target = backupFile(dataDir, 'scheduled', clock.now());
    const reply = await copyOnThread({ dataDir, target });
    if ('failed' in reply) {
      await failed(parts, reply.failed, reply.stack);
      return;
    }
    const { file, bytes, tasks } = reply;
    const backups = scheduledBackups(dataDir);
    const kept = keptBackups(backups);
    for (const backup of backups) if (!kept.has(backup)) await rm(backup.file);
    await rememberBackup(store, { atMs: clock.now(), error: undefined });
    log.info({ file, bytes, tasks, kept: kept.size }, 'backed up');
  } catch (error) {
    await failed(parts, failureReason(error), error);
  }
}

/** @param reason anybody may see it @param detail for the log */
async function failed({ store, clock, log }: Parts, reason: string, detail: unknown): Promise<void> {
  log.error({ reason, detail }, 'the backup failed');
  // On a full disk this fails as well; the log has it.
  await rememberBackup(store, { atMs: clock.now(), error: reason }).catch(() => undefined);
}

async function copyOnThread(data: BackupWorkerData): Promise<BackupReply> {
  const worker = startWorker(besideAs(import.meta.url, 'backup-worker'), data);
  const [reply] = (await once(worker, 'message')) as [BackupReply]; // rejects when the thread breaks
  return reply;
}
