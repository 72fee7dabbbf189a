/** May this be served without asking? Pure. */
import type { StoredTask } from '../store/contract/tasks.ts';
import type { CacheControl } from './cache-control.ts';

/**
 * A finished task is always fresh. An unfinished one is fresh while it is younger than the pending TTL, or than the
 * caller's `max-age`; never with `no-cache`.
 */
export function isFresh(
  task: StoredTask,
  control: CacheControl,
  pendingTtlMs: number,
  nowMs: number,
): boolean {
  if (task.state !== 'pending') return true;
  if (control.noCache) return false;
  return computeAgeMs(task, nowMs) < (control.maxAgeMs ?? pendingTtlMs);
}

/** Time since the upstream last confirmed it, milliseconds; never negative, however the clock was moved. */
export function computeAgeMs(task: Pick<StoredTask, 'fetchedAtMs'>, nowMs: number): number {
  return Math.max(0, nowMs - task.fetchedAtMs);
}
