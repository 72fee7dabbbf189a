/** When to check an unfinished task again. */
import { type Backoff, computeBackoffDelay } from '../lib/backoff.ts';

const BACKOFF: Backoff = { firstMs: 5000, maxMs: 6 * 3_600_000 };

/**
 * Doubles from 5 s with ±20 % jitter up to 6 h, so a stuck task costs four requests a day.
 * @param attempts refreshes so far that found it unfinished (0 = just tracked)
 * @param random uniform in [0, 1)
 * @returns delay in milliseconds
 */
export function nextCheckDelay(attempts: number, random: () => number): number {
  return Math.min(computeBackoffDelay(BACKOFF, attempts, random), BACKOFF.maxMs);
}
