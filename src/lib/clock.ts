/**
 * Time as a dependency: everything that waits or takes timestamps gets a clock, so that tests advance time instead of
 * sleeping.
 */
import { setTimeout as delay } from 'node:timers/promises';

export interface Clock {
  /** Wall clock, epoch milliseconds. */
  now(): number;
  /** Never goes backwards; for durations only. Milliseconds from an arbitrary start. */
  monotonic(): number;
  /** Resolves after `ms`; rejects with the signal's reason when aborted. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
}

export const systemClock: Clock = {
  now: () => Date.now(),
  monotonic: () => performance.now(),
  sleep: (ms, signal) => delay(ms, undefined, signal ? { signal } : {}),
};
