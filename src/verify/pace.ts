/** Keeps a distance between requests, so that a long check leaves room for everybody else. */
import type { Clock } from '../lib/clock.ts';

export interface Pace {
  /** Resolves when the next request may start. @throws the signal's reason */
  wait(signal: AbortSignal): Promise<void>;
}

/** @param intervalMs from the start of a request to that of the next; for one request at a time */
export function createPace(clock: Clock, intervalMs: number): Pace {
  let nextMs = Number.NEGATIVE_INFINITY;
  return {
    wait: async (signal) => {
      signal.throwIfAborted();
      const waitMs = nextMs - clock.monotonic();
      if (waitMs > 0) await clock.sleep(waitMs, signal);
      nextMs = clock.monotonic() + intervalMs;
    },
  };
}
