/** A clock that moves only when told to; sleeping moves it. */
import type { Clock } from '../../src/clock.ts';

export class ManualClock implements Clock {
  #now: number;
  /** How long each sleep was, milliseconds. */
  readonly sleeps: number[] = [];

  constructor(startMs = Date.UTC(2026, 2, 14, 12)) {
    this.#now = startMs;
  }

  now(): number {
    return this.#now;
  }

  monotonic(): number {
    return this.#now;
  }

  advance(ms: number): void {
    this.#now += ms;
  }

  async sleep(ms: number, signal?: AbortSignal): Promise<void> {
    signal?.throwIfAborted();
    this.sleeps.push(ms);
    this.#now += ms;
  }
}
