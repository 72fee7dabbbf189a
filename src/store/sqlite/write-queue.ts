/**
 * Waits for another process's write lock without blocking the event loop. SQLite's own busy timeout sleeps inside the call, and
 * nothing else would be served meanwhile; here the connection fails at once, and the write is tried again from a queue.
 */
import type { MaybePromise } from '../contract/maybe-promise.ts';
import { isBusy, translateError } from './errors.ts';

export interface WriteQueue {
  /**
   * Runs one atomic step, again and again while another process holds the lock.
   * @param maxWaitMs then the promise is rejected with a StoreError `busy`
   * @returns its result directly if it does not have to wait
   */
  run<T>(work: () => T, maxWaitMs?: number): MaybePromise<T>;
  /** Resolves when nothing waits; undefined if that is so already. */
  drain(): Promise<void> | undefined;
}

/** How long a write waits by default. */
export const BUSY_TIMEOUT_MS = 5000;
/** The pauses between two tries, as in SQLite's own busy handler; the last one is repeated. */
const PAUSES_MS = [1, 2, 5, 10, 15, 20, 25] as const;
const LONGEST_PAUSE_MS = 25;

interface Waiter {
  /** Tries once. @returns false if it has to wait on */
  attempt(): boolean;
  expire(): void;
  readonly deadlineMs: number;
}

/** Real time, like the deadlines of requests. */
export function createWriteQueue(): WriteQueue {
  let waiting: Waiter[] = [];
  let failures = 0;
  let onEmpty: (() => void)[] = [];

  const rejectExpired = () => {
    const nowMs = performance.now();
    const expired = waiting.filter(({ deadlineMs }) => deadlineMs <= nowMs);
    waiting = waiting.filter(({ deadlineMs }) => deadlineMs > nowMs);
    for (const { expire } of expired) expire();
  };

  /** Tries the first one only: while it has to wait, so do the others. */
  const retry = () => {
    const [first] = waiting;
    if (first?.attempt()) {
      waiting.shift();
      failures = 0;
    } else failures += 1;
    rejectExpired();
    schedule();
  };

  const schedule = () => {
    if (waiting.length === 0) {
      for (const resolve of onEmpty) resolve();
      onEmpty = [];
      failures = 0;
    } else if (failures === 0) {
      setImmediate(retry); // lets requests go between two writes
    } else setTimeout(retry, PAUSES_MS[failures - 1] ?? LONGEST_PAUSE_MS);
  };

  const enqueue = <T>(work: () => T, maxWaitMs: number, busy: unknown) =>
    new Promise<T>((resolve, reject) => {
      let lastError = busy;
      waiting.push({
        deadlineMs: performance.now() + maxWaitMs,
        attempt: () => {
          try {
            resolve(work());
          } catch (error) {
            lastError = error;
            if (isBusy(error)) return false;
            reject(error);
          }
          return true;
        },
        expire: () => reject(translateError(lastError)),
      });
      if (waiting.length > 1) return;
      failures = 1;
      schedule();
    });

  return {
    run: (work, maxWaitMs = BUSY_TIMEOUT_MS) => {
      try {
        return work();
      } catch (error) {
        if (!isBusy(error)) throw error;
        return enqueue(work, maxWaitMs, error);
      }
    },
    drain: () =>
      waiting.length === 0 ? undefined : new Promise<void>((resolve) => void onEmpty.push(resolve)),
  };
}
