/** The thread that copies the database: the copy is made in one go, and nobody waits for it. */
import { parentPort, workerData } from 'node:worker_threads';
import { backUp } from '../store/safety/backup.ts';

/** What the thread must know. */
export interface BackupWorkerData {
  readonly dataDir: string;
  readonly target: string;
}

const { dataDir, target } = workerData as BackupWorkerData;
parentPort?.postMessage(await backUp(dataDir, target));
