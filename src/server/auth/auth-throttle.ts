/** Slows down guessing: wrong tokens of one address are answered one after another, right ones at once. */
import ipaddr from 'ipaddr.js';
import type { Clock } from '../../lib/clock.ts';

/** So many wrong tokens are answered at once; people mistype. */
const BURST = 10;
/** After them one a second. */
const EVERY_MS = 1000;
/** Nobody is kept longer. */
const MAX_WAIT_MS = 30_000;
/** Of one address, so many wait at most; further ones are hung up on, or a guesser could fill the memory or take all connections. */
const MAX_WAITING = 32;
/** Addresses that are remembered at most. */
const MAX_ADDRESSES = 10_000;

/**
 * @param clock for durations, and for waiting
 * @returns a function that resolves when a wrong token of this address may be answered; to false when it is not worth an
 *   answer, because too many of the same wait
 */
export function createAuthThrottle(clock: Clock): (address: string) => Promise<boolean> {
  /** When an address has worked off what it owes. */
  const clearAt = new Map<string, number>();
  const waiting = new Map<string, number>();

  const waitAs = async (source: string, ms: number): Promise<boolean> => {
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
    const now = clock.monotonic();
    const source = getThrottleKey(address);
    const clear = Math.max(now, clearAt.get(source) ?? 0) + EVERY_MS;
    clearAt.delete(source); // so that the map's order is that of the last attempts
    clearAt.set(source, Math.min(clear, now + BURST * EVERY_MS + MAX_WAIT_MS));
    if (clearAt.size > MAX_ADDRESSES) forgetOldest(clearAt);
    const wait = Math.min(clear - now - BURST * EVERY_MS, MAX_WAIT_MS);
    return wait > 0 ? waitAs(source, wait) : true;
  };
}

function forgetOldest(addresses: Map<string, number>): void {
  const [oldest] = addresses.keys();
  if (oldest !== undefined) addresses.delete(oldest);
}

/** An IPv6 household has a /64, all of which is one source; an IPv4 address stands for itself, mapped or not. */
function getThrottleKey(address: string): string {
  if (!ipaddr.isValid(address)) return address;
  const parsed = ipaddr.process(address);
  return parsed.kind() === 'ipv4' ? parsed.toString() : parsed.toByteArray().slice(0, 8).join('.');
}
