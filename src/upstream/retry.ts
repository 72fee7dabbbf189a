/** Retry policy: what is retried, how often and after what delay. Only reads are ever retried. */
import { type Backoff, computeBackoffDelay } from '../lib/backoff.ts';
import type { UpstreamError } from './errors.ts';
import type { Priority } from './upstream-auth.ts';

/** Retries after the first attempt. Anything not listed is never retried. */
const MAX_RETRIES: Readonly<Record<Priority, Readonly<Record<string, number>>>> = {
  interactive: { interrupted: 1 },
  background: { interrupted: 1, 408: 2, 409: 2, 500: 2, 502: 2, 503: 2, 504: 2 },
};

/** The vendor's SDK backs off up to 8 s. */
const BACKOFF: Backoff = { firstMs: 500, maxMs: 8000 };

/**
 * How long to wait before the next attempt.
 * @param retries how often it was retried already
 * @param random uniform in [0, 1)
 * @returns milliseconds, or undefined to give up
 */
export function computeRetryDelay(
  error: UpstreamError,
  retries: number,
  priority: Priority,
  random: () => number,
): number | undefined {
  const allowed = MAX_RETRIES[priority][error.kind === 'status' ? String(error.status) : error.kind] ?? 0;
  if (retries >= allowed) return undefined;
  if (error.retryAfterMs !== undefined)
    return error.retryAfterMs <= BACKOFF.maxMs ? error.retryAfterMs : undefined;
  return computeBackoffDelay(BACKOFF, retries, random);
}
