/** Exponential backoff with jitter. Pure. */

export interface Backoff {
  readonly firstMs: number;
  readonly maxMs: number;
}

/**
 * How long to wait: doubles with every retry up to `maxMs`, with ±20 % jitter.
 * @param repeats retries so far (0 = the first wait)
 * @param random uniform in [0, 1)
 * @returns milliseconds
 */
export function computeBackoffDelay(
  { firstMs, maxMs }: Backoff,
  repeats: number,
  random: () => number,
): number {
  const base = Math.min(firstMs * 2 ** repeats, maxMs);
  return Math.round(base * (0.8 + 0.4 * random()));
}
