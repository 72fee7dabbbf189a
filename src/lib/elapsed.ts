/** Measures how long something took. */

/** @param started from `performance.now()` @returns milliseconds, rounded to microseconds */
export function measureSince(started: number): number {
  return Math.round((performance.now() - started) * 1000) / 1000;
}
