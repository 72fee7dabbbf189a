/** Measures how far clients are above a rate: a leaky bucket (GCRA) for each address. */
import type { Clock } from '../../lib/clock.ts';
import { getSourceAddress } from './source-address.ts';

export interface RateMeterOptions {
  /** Requests that may come at once. */
  readonly burst: number;
  /** Between requests after the burst. Milliseconds. */
  readonly intervalMs: number;
  /** What is measured at most; what is above it is not counted. Milliseconds; default: none. */
  readonly maxDelayMs?: number;
}

/** Further ones push out those that have been quiet for the longest. */
const MAX_ADDRESSES = 10_000;

export interface RateMeter {
  /** Counts a request. @returns for how many milliseconds it is too early; 0 or less: it is not */
  record(address: string): number;
}

/** @param clock for durations */
export function createRateMeter(
  clock: Pick<Clock, 'monotonic'>,
  { burst, intervalMs, maxDelayMs = 0 }: RateMeterOptions,
): RateMeter {
  /** When the requests of an address have drained. */
  const clearAt = new Map<string, number>();
  return {
    record: (address) => {
      const now = clock.monotonic();
      const source = getSourceAddress(address);
      const clear = Math.max(now, clearAt.get(source) ?? 0) + intervalMs;
      clearAt.delete(source); // keeps the map ordered by last request
      clearAt.set(source, Math.min(clear, now + burst * intervalMs + maxDelayMs));
      if (clearAt.size > MAX_ADDRESSES) forgetOldest(clearAt);
      return clear - now - burst * intervalMs;
    },
  };
}

function forgetOldest(addresses: Map<string, number>): void {
  const [oldest] = addresses.keys();
  if (oldest !== undefined) addresses.delete(oldest);
}
