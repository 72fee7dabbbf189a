/** A clock that moves only when told to; sleeping moves it. */
import type { Clock } from '../../src/lib/clock.ts';

export class ManualClock implements Clock {
  #now: number;
  /** How far the wall clock has been set. */
  #set = 0;
  /** How long each sleep was, milliseconds. */
  readonly sleeps: number[] = [];

  constructor(startMs = Date.UTC(2026, 2, 14, 12)) {
    this.#now = startMs;
  }

  now(): number {
    return this.#now + this.#set;
  }

  monotonic(): number {
    return this.#now;
  }

  advance(ms: number): void {
    this.#now += ms;
  }

  /** Sets the wall clock forward, or back; no time passes. */
  set(byMs: number): void {
    this.#set += byMs;
  }

  async sleep(ms: number, signal?: AbortSignal): Promise<void> {
    signal?.throwIfAborted();
    this.sleeps.push(ms);
    this.#now += ms;
  }
}
