/** Worker thread that copies the database: the copy is one blocking call, so it stays off the main thread. */
import { parentPort, workerData } from 'node:worker_threads';
import type { BackupReply, BackupStart, BackupWorkerData } from '../backup/scheduled.ts';
import { loadDriver } from '../store/sqlite/driver.ts';
import { createMaintenance } from './maintenance.ts';

async function runBackup(): Promise<BackupReply> {
  const { dataDir, target } = workerData as BackupWorkerData;
  const maintenance = createMaintenance(dataDir);
  try {
    return await maintenance.backUp(target);
  } catch (error) {
    return {
      failed: maintenance.explainBackupFailure(error),
      stack: error instanceof Error ? String(error.stack) : String(error),
    };
  }
}

loadDriver();
parentPort?.postMessage('loaded' satisfies BackupStart);
parentPort?.postMessage(await runBackup());
