/** Totals for people and monitors. */
import { statSync } from 'node:fs';
import type { Stats } from '../contract/health.ts';
import { countByState } from './counts.ts';
import type { Sqlite } from './database.ts';
import type { Tracking } from './tracking.ts';

export interface StatsOptions {
  /** Epoch milliseconds, to count what is due. */
  readonly nowMs: number;
  /** How far a task's position is above the slot of its time at most. */
  readonly maxDisplacement: number;
}

export function readStats(db: Sqlite, tracking: Tracking, { nowMs, maxDisplacement }: StatsOptions): Stats {
  const { raw } = db;
  const byState = countByState(db);
  // The task at the end need not be the first or last one in time, but none that is has a position further from the end.
  const readCreatedAt = (first: 'min' | 'max', isNearEnd: string) =>
    raw
      .prepare<[number], { at: number | null }>(
        `SELECT ${first}(created_at) AS at FROM tasks INDEXED BY tasks_narrow WHERE ${isNearEnd}`,
      )
      .get(maxDisplacement)?.at ?? undefined;
  return {
    total: byState.pending + byState.succeeded + byState.failed,
    byState,
    oldestMs: readCreatedAt('min', 'position <= (SELECT min(position) FROM tasks) + CAST(? AS INTEGER)'),
    newestMs: readCreatedAt('max', 'position >= (SELECT max(position) FROM tasks) - CAST(? AS INTEGER)'),
    ...tracking.counts(nowMs),
    diskBytes: getFileSize(raw.name) + getFileSize(`${raw.name}-wal`),
  };
}

/** Uses `stat` and never opens the file: the owner would lose its locks (see lock.ts). */
function getFileSize(file: string): number {
  return statSync(file, { throwIfNoEntry: false })?.size ?? 0;
}
