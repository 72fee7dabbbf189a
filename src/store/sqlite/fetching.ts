/** What this process fetches: no other one fetches for the same callers, so nothing of it is in the database. */
import { FETCH_NOTE_MS, type FetchingStore } from '../contract/fetching.ts';
import type { Synchronous } from './synchronous.ts';

interface Lease {
  readonly untilMs: number;
  readonly note: string | undefined;
}

/** From this many on, those that are over are removed whenever one is added. */
const MAX_LEASES = 10_000;

export function createFetchingStore(): Synchronous<FetchingStore> {
  const leases = new Map<string, Lease>();
  const findLease = (key: string, nowMs: number): Lease | undefined => {
    const lease = leases.get(key);
    return lease && lease.untilMs > nowMs ? lease : undefined;
  };
  const removeExpired = (nowMs: number): void => {
    for (const [key, { untilMs }] of leases) if (untilMs <= nowMs) leases.delete(key);
  };

  return {
    beginFetch: (keys, { nowMs, leaseMs }) => {
      if (leases.size > MAX_LEASES) removeExpired(nowMs);
      const mine = new Set<string>();
      const notes = new Map<string, string>();
      for (const key of keys) {
        const lease = findLease(key, nowMs);
        if (lease?.note !== undefined) notes.set(key, lease.note);
        if (lease) continue;
        leases.set(key, { untilMs: nowMs + leaseMs, note: undefined });
        mine.add(key);
      }
      return { mine, notes };
    },
    endFetch: (keys, { nowMs, note }) => {
      for (const key of keys) {
        const lease = leases.get(key);
        if (!lease || lease.note !== undefined) continue;
        if (note === undefined) leases.delete(key);
        else leases.set(key, { untilMs: nowMs + FETCH_NOTE_MS, note });
      }
    },
  };
}
