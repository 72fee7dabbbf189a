/**
 * Limits how long a caller with a stale copy waits for the upstream (stale-while-revalidate, RFC 5861): a client's poll must not
 * hang because the upstream does.
 */
import { setTimeout as delay } from 'node:timers/promises';

/** The longest wait. */
const MAX_WAIT_MS = 3000;
/** After this many consecutive timeouts callers no longer wait, until the upstream responds in time again. */
const MAX_TIMEOUTS = 2;

export interface StaleWait {
  /**
   * Waits for a refresh, which continues in the background when it takes too long.
   * @returns undefined when it did not finish in time
   * @throws what the refresh throws in time
   */
  wait<T extends object>(refresh: Promise<T>): Promise<T | undefined>;
}

/** @param maxWaitMs real time, like the deadlines of requests */
export function createStaleWait(maxWaitMs = MAX_WAIT_MS): StaleWait {
  let timeouts = 0;

  const resetWhenInTime = async (refresh: Promise<unknown>): Promise<void> => {
    const startedMs = performance.now();
    await refresh.catch(() => undefined); // reported to the caller that waits for it
    if (performance.now() - startedMs < maxWaitMs) timeouts = 0;
  };

  return {
    wait: async (refresh) => {
      void resetWhenInTime(refresh);
      if (timeouts >= MAX_TIMEOUTS) return undefined;
      const finished = new AbortController();
      const tooLong = delay(maxWaitMs, undefined, { signal: finished.signal }).catch(() => undefined);
      try {
        const result = await Promise.race([refresh, tooLong]);
        if (result === undefined) timeouts += 1;
        return result;
      } finally {
        finished.abort();
      }
    },
  };
}
