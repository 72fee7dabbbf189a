/** A clock whose wall time is corrected by a difference. */
import type { Clock } from './clock.ts';

export interface AdjustableClock extends Clock {
  /** @param byMs what is added to the wall time of the clock below, in place of what was added before */
  adjust(byMs: number): void;
}

export function createAdjustableClock(clock: Clock): AdjustableClock {
  let differenceMs = 0;
  return {
    now: () => clock.now() + differenceMs,
    monotonic: () => clock.monotonic(),
    sleep: (ms, signal) => clock.sleep(ms, signal),
    adjust: (byMs) => {
      differenceMs = byMs;
    },
  };
}
