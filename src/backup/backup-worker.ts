/** The thread that copies the database: the copy is made in one go, and nobody waits for it. */
import { parentPort, workerData } from 'node:worker_threads';
import { type BackupResult, backUp, failureReason } from '../store/sqlite/recovery/backup.ts';

/** What the thread must know. */
export interface BackupWorkerData {
  readonly dataDir: string;
  readonly target: string;
}

/** What it says at its end. An error would lose its code on the way between threads. */
export type BackupReply = BackupResult | { readonly failed: string; readonly stack: string };

async function reply(): Promise<BackupReply> {
  const { dataDir, target } = workerData as BackupWorkerData;
  try {
    return await backUp(dataDir, target);
  } catch (error) {
    return {
      failed: failureReason(error),
      stack: error instanceof Error ? String(error.stack) : String(error),
    };
  }
}

parentPort?.postMessage(await reply());
