/**
 * How long a caller waits for the upstream when a stale copy is here (RFC 5861 calls serving it stale-while-revalidate). A client's
 * poll must not hang because the upstream does.
 */
import { setTimeout as delay } from 'node:timers/promises';

/** The longest wait. */
export const MAX_STALE_WAIT_MS = 3000;
/** After so many waits in vain, one after the other, nobody waits until the upstream responds in time again. */
const MAX_VAIN_WAITS = 2;

export interface StaleWait {
  /**
   * Waits for a refresh, which continues in the background when it takes too long.
   * @returns undefined when it did not finish in time
   * @throws what the refresh throws in time
   */
  wait<T extends object>(refresh: Promise<T>): Promise<T | undefined>;
}

/** @param maxWaitMs of real time, as the deadlines of requests are */
export function createStaleWait(maxWaitMs: number): StaleWait {
  let vainWaits = 0;

  const observe = async (refresh: Promise<unknown>): Promise<void> => {
    const startedMs = performance.now();
    await refresh.catch(() => undefined); // the caller that waits for it reports it
    if (performance.now() - startedMs < maxWaitMs) vainWaits = 0;
  };

  return {
    wait: async (refresh) => {
      void observe(refresh);
      if (vainWaits >= MAX_VAIN_WAITS) return undefined;
      const finished = new AbortController();
      const tooLong = delay(maxWaitMs, undefined, { signal: finished.signal }).catch(() => undefined);
      try {
        const result = await Promise.race([refresh, tooLong]);
        if (result === undefined) vainWaits += 1;
        return result;
      } finally {
        finished.abort();
      }
    },
  };
}
