/** The one table of what is tried again, how often and how long apart. Only reads are ever repeated. */
import { type Backoff, backoffDelay } from '../lib/backoff.ts';
import type { UpstreamError } from './errors.ts';

/**
 * Whether somebody is waiting for the answer. A client has retries of its own, so it is told about an error at once;
 * the schedule can wait.
 */
export type Patience = 'interactive' | 'background';

/** Repeats after the first try. What is not listed is never repeated. */
const REPEATS: Readonly<Record<Patience, Readonly<Record<string, number>>>> = {
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
export function retryDelay(
  error: UpstreamError,
  repeats: number,
  patience: Patience,
  random: () => number,
): number | undefined {
  const allowed = REPEATS[patience][error.kind === 'status' ? String(error.status) : error.kind] ?? 0;
  if (repeats >= allowed) return undefined;
  if (error.retryAfterMs !== undefined)
    return error.retryAfterMs <= BACKOFF.maxMs ? error.retryAfterMs : undefined;
  return backoffDelay(BACKOFF, repeats, random);
}
