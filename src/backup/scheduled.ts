/** Backups on a schedule, with retention. */
import { once } from 'node:events';
import { rm } from 'node:fs/promises';
import type { Clock } from '../lib/clock.ts';
import { type Schedule, startCron } from '../lib/cron.ts';
import type { Log } from '../lib/log.ts';
import { startWorker } from '../lib/worker.ts';
import type { BackupResult, StoreMaintenance } from '../store/contract/maintenance.ts';
import type { Store } from '../store/contract/store.ts';
import { recordBackup } from './last-backup.ts';
import { selectKeptBackups } from './retention.ts';

/** Input of the worker thread that copies the database: the copy is one blocking call, so it stays off the main thread. */
export interface BackupWorkerData {
  readonly dataDir: string;
  readonly target: string;
}

/** The first message of the worker thread, whose second is its result. */
export type BackupStart = 'loaded';

/** Result of the worker thread. An Error would lose its code when it is cloned between threads. */
export type BackupReply = BackupResult | { readonly failed: string; readonly stack: string };

interface ScheduledBackupDeps {
  readonly store: Store;
  readonly maintenance: Pick<
    StoreMaintenance,
    'nameBackup' | 'listScheduledBackups' | 'explainBackupFailure'
  >;
  /** Module of the worker thread. */
  readonly worker: URL;
  readonly dataDir: string;
  readonly backupCron: string;
  readonly clock: Clock;
  readonly log: Log;
}

/** Backs up on the schedule of the setting; `off` disables it. */
export function startBackups(deps: ScheduledBackupDeps): Schedule {
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
 * Runs one scheduled backup. A failure is recorded and logged; old backups are only deleted after a success.
 * @param stop cancels it; the partial file is removed at the next start
 */
export async function runScheduledBackup(deps: ScheduledBackupDeps, stop?: AbortSignal): Promise<void> {
  const { store, maintenance, dataDir, clock, log } = deps;
  try {
    const madeAtMs = clock.now();
    const target = maintenance.nameBackup('scheduled', madeAtMs);
    const reply = await copyInWorker(deps.worker, { dataDir, target }, stop);
    if ('failed' in reply) {
      await recordFailure(deps, reply.failed, reply.stack);
      return;
    }
    const { file, bytes, tasks } = reply;
    const backups = maintenance.listScheduledBackups();
    const kept = selectKeptBackups(backups, madeAtMs);
    for (const backup of backups) if (!kept.has(backup)) await rm(backup.file);
    await recordBackup(store, { atMs: clock.now(), error: undefined });
    log.info({ file, bytes, tasks, kept: kept.size }, 'backed up');
  } catch (error) {
    if (stop?.aborted) log.info('backup cancelled by shutdown');
    else await recordFailure(deps, maintenance.explainBackupFailure(error), error);
  }
}

/** @param reason safe to show to callers @param detail for the log only */
async function recordFailure(
  { store, clock, log }: ScheduledBackupDeps,
  reason: string,
  detail: unknown,
): Promise<void> {
  log.error({ reason, detail }, 'the backup failed');
  // On a full disk this fails as well; the error is already logged.
  await recordBackup(store, { atMs: clock.now(), error: reason }).catch(() => undefined);
}

/**
 * A thread that is ended while it loads SQLite's driver ends the whole process, so it says when it has.
 * @throws if the thread fails or is stopped
 */
async function copyInWorker(
  module: URL,
  data: BackupWorkerData,
  stop: AbortSignal | undefined,
): Promise<BackupReply> {
  const worker = startWorker(module, data);
  try {
    await once(worker, 'message');
    const [reply] = (await once(worker, 'message', stop ? { signal: stop } : {})) as [BackupReply];
    return reply;
  } finally {
    await worker.terminate();
  }
}
