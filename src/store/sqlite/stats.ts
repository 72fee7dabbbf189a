/** Totals for people and monitors. */
import { statSync } from 'node:fs';
import type { Stats } from '../contract/health.ts';
import { countByState } from './counts.ts';
import type { Sqlite } from './database.ts';
import type { Tracking } from './tracking.ts';

/** @param nowMs epoch milliseconds, to count what is due */
export function readStats(db: Sqlite, tracking: Tracking, nowMs: number): Stats {
  const { raw } = db;
  const byState = countByState(db);
  const readCreatedAt = (order: 'ASC' | 'DESC') =>
    raw
      .prepare<[], { at: number }>(`SELECT created_at AS at FROM tasks ORDER BY position ${order} LIMIT 1`)
      .get()?.at;
  return {
    total: byState.pending + byState.succeeded + byState.failed,
    byState,
    oldestMs: readCreatedAt('ASC'),
    newestMs: readCreatedAt('DESC'),
    ...tracking.counts(nowMs),
    diskBytes: getFileSize(raw.name) + getFileSize(`${raw.name}-wal`),
  };
}

/** Uses `stat` and never opens the file: the owner would lose its locks (see lock.ts). */
function getFileSize(file: string): number {
  return statSync(file, { throwIfNoEntry: false })?.size ?? 0;
}
