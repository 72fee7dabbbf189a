/** Decides whether a stored task may be served without contacting the upstream. Pure. */
import type { StoredTask } from '../store/contract/tasks.ts';
import type { CacheControl } from './cache-control.ts';
import type { Caller } from './deps.ts';

/**
 * A finished task is always fresh. An unfinished one is fresh while it is younger than the caller's `max-age`,
 * or the pending TTL without one; never with `no-cache`.
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

/** Whether the caller waits for the upstream although a stale copy is cached: it demands a refresh, or has paid for one. */
export function mustWait({ control, payment }: Pick<Caller, 'control' | 'payment'>): boolean {
  return control.noCache || payment !== undefined;
}

/** Milliseconds since the upstream last confirmed the task; never negative, even if the clock was set back. */
export function computeAgeMs(task: Pick<StoredTask, 'fetchedAtMs'>, nowMs: number): number {
  return Math.max(0, nowMs - task.fetchedAtMs);
}
