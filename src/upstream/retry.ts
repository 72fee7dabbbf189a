/** The one table of what is tried again, how often and how long apart. Only reads are ever repeated. */
import { type Backoff, computeBackoffDelay } from '../lib/backoff.ts';
import type { UpstreamError } from './errors.ts';
import type { Priority } from './upstream-auth.ts';

/** Repeats after the first try. What is not listed is never repeated. */
const REPEATS: Readonly<Record<Priority, Readonly<Record<string, number>>>> = {
  interactive: { interrupted: 1 },
  background: { interrupted: 1, 408: 2, 409: 2, 500: 2, 502: 2, 503: 2, 504: 2 },
};

/** The vendor's SDK backs off up to 8 s. */
const BACKOFF: Backoff = { firstMs: 500, maxMs: 8000 };

/**
 * How long to wait before the next try.
 * @param repeats how often it was repeated already
 * @param random uniform in [0, 1)
 * @returns milliseconds, or undefined to give up
 */
export function computeRetryDelay(
  error: UpstreamError,
  repeats: number,
  priority: Priority,
  random: () => number,
): number | undefined {
  const allowed = REPEATS[priority][error.kind === 'status' ? String(error.status) : error.kind] ?? 0;
  if (repeats >= allowed) return undefined;
  if (error.retryAfterMs !== undefined)
    return error.retryAfterMs <= BACKOFF.maxMs ? error.retryAfterMs : undefined;
  return computeBackoffDelay(BACKOFF, repeats, random);
}
