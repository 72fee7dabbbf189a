/** Throttles token guessing: responses to invalid tokens are delayed per address, valid ones are answered at once. */
import type { Clock } from '../../lib/clock.ts';
import { createRateMeter } from '../connections/rate-meter.ts';
import { getSourceAddress } from '../connections/source-address.ts';

/** Invalid tokens answered without delay; people mistype. */
const BURST = 10;
/** After the burst, one per second. */
const INTERVAL_MS = 1000;
const MAX_WAIT_MS = 30_000;
/** Per address. Further requests are disconnected, or an attacker could exhaust memory or connections. */
const MAX_WAITING = 32;

/**
 * @param clock for durations and delays
 * @returns a function that resolves when an invalid token from this address may be answered; to false when the connection
 *   should be closed instead, because too many requests of the address are waiting
 */
export function createAuthThrottle(clock: Clock): (address: string) => Promise<boolean> {
  const meter = createRateMeter(clock, { burst: BURST, intervalMs: INTERVAL_MS, maxDelayMs: MAX_WAIT_MS });
  const waiting = new Map<string, number>();

  const waitFor = async (source: string, ms: number): Promise<boolean> => {
    const others = waiting.get(source) ?? 0;
    if (others >= MAX_WAITING) return false;
    waiting.set(source, others + 1);
    await clock.sleep(ms);
    const left = (waiting.get(source) ?? 1) - 1;
    if (left > 0) waiting.set(source, left);
    else waiting.delete(source);
    return true;
  };

  return async (address) => {
    const wait = Math.min(meter.record(address), MAX_WAIT_MS);
    return wait > 0 ? waitFor(getSourceAddress(address), wait) : true;
  };
}
