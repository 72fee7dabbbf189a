/** Backups on a schedule, with retention. */
import { once } from 'node:events';
import { rm } from 'node:fs/promises';
import type { Clock } from '../lib/clock.ts';
import { type Schedule, startCron } from '../lib/cron.ts';
import type { Log } from '../lib/log.ts';
import { startWorker } from '../lib/worker.ts';
import type { BackupResult, StoreMaintenance } from '../store/contract/maintenance.ts';
import type { Store } from '../store/contract/store.ts';
import { rememberBackup } from './last-backup.ts';
import { selectKeptBackups } from './retention.ts';

/** What the thread must know that copies the database: the copy is made in one go, and nobody waits for it. */
export interface BackupWorkerData {
  readonly dataDir: string;
  readonly target: string;
}

/** What it says at its end. An error would lose its code on the way between threads. */
export type BackupReply = BackupResult | { readonly failed: string; readonly stack: string };

interface Parts {
  readonly store: Store;
  readonly maintenance: Pick<
    StoreMaintenance,
    'nameBackup' | 'listScheduledBackups' | 'explainBackupFailure'
  >;
  /** What runs on the thread that copies. */
  readonly worker: URL;
  readonly dataDir: string;
  readonly backupCron: string;
  readonly clock: Clock;
  readonly log: Log;
}

/** Backs up at the times of the setting; `off` never does. */
export function startBackups(deps: Parts): Schedule {
  const stopping = new AbortController();
  const schedule = startCron(deps.backupCron, () => runScheduledBackup(deps, stopping.signal), deps.log);
  return {
    stop: () => {
      stopping.abort();
      return schedule.stop();
    },
  };
}

/**
 * One scheduled backup. A failure is remembered and logged; old backups go only after a good one.
 * @param stop ends it before it is done; what was begun is swept at the next start
 */
export async function runScheduledBackup(deps: Parts, stop?: AbortSignal): Promise<void> {
  const { store, maintenance, dataDir, clock, log } = deps;
  try {
    const madeAtMs = clock.now();
    const target = maintenance.nameBackup('scheduled', madeAtMs);
    const reply = await copyOnThread(deps.worker, { dataDir, target }, stop);
    if ('failed' in reply) {
      await recordFailure(deps, reply.failed, reply.stack);
      return;
    }
    const { file, bytes, tasks } = reply;
    const backups = maintenance.listScheduledBackups();
    const kept = selectKeptBackups(backups, madeAtMs);
    for (const backup of backups) if (!kept.has(backup)) await rm(backup.file);
    await rememberBackup(store, { atMs: clock.now(), error: undefined });
    log.info({ file, bytes, tasks, kept: kept.size }, 'backed up');
  } catch (error) {
    if (stop?.aborted) log.info('a backup was ended by the stop');
    else await recordFailure(deps, maintenance.explainBackupFailure(error), error);
  }
}

/** @param reason anybody may see it @param detail for the log */
async function recordFailure({ store, clock, log }: Parts, reason: string, detail: unknown): Promise<void> {
  log.error({ reason, detail }, 'the backup failed');
  // On a full disk this fails as well; the log has it.
  await rememberBackup(store, { atMs: clock.now(), error: reason }).catch(() => undefined);
}

/** @throws when the thread breaks, or is stopped */
async function copyOnThread(
  module: URL,
  data: BackupWorkerData,
  stop: AbortSignal | undefined,
): Promise<BackupReply> {
  const worker = startWorker(module, data);
  try {
    const [reply] = (await once(worker, 'message', stop ? { signal: stop } : {})) as [BackupReply];
    return reply;
  } finally {
    await worker.terminate();
  }
}
