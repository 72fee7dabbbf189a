/** Where the threads begin. Their files compose what runs on them, as start-mirror.ts does for the main thread. */
import { besideAs } from '../lib/worker.ts';

export const SEARCH_WORKER = besideAs(import.meta.url, 'search-worker');
export const BACKUP_WORKER = besideAs(import.meta.url, 'backup-worker');
