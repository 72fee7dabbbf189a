/** When to look at an unfinished task again. */

const FIRST_DELAY_MS = 5000;
const MAX_DELAY_MS = 6 * 3_600_000;

/**
 * Doubles from 5 s with ±20 % jitter up to 6 h, so a stuck task costs four requests a day.
 * @param attempts refreshes so far that found it unfinished (0 = just tracked)
 * @param random uniform in [0, 1)
 * @returns delay in milliseconds
 */
export function nextCheckDelay(attempts: number, random: () => number): number {
  const base = Math.min(FIRST_DELAY_MS * 2 ** attempts, MAX_DELAY_MS);
  return Math.min(Math.round(base * (0.8 + 0.4 * random())), MAX_DELAY_MS);
}
