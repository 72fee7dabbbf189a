/** Concurrent jobs of one run, and how to wait for them. */

export interface Jobs {
  start(job: () => Promise<void>): void;
  size(): number;
  hasFailed(): boolean;
  /** Resolves when any job ends. */
  waitForOne(): Promise<void>;
  waitForAll(): Promise<void>;
  /** @throws the first failure */
  assertSuccess(): void;
}

export function createJobs(): Jobs {
  const running = new Set<Promise<void>>();
  const failures: unknown[] = [];
  return {
    start: (run) => {
      const job = run()
        .catch((error: unknown) => {
          failures.push(error);
        })
        .finally(() => running.delete(job));
      running.add(job);
    },
    size: () => running.size,
    hasFailed: () => failures.length > 0,
    waitForOne: () => Promise.race(running),
    waitForAll: async () => {
      await Promise.all(running);
    },
    assertSuccess: () => {
      if (failures.length > 0) throw failures[0];
    },
  };
}

export interface WakeUp {
  notify(): void;
  /** Resolves with the next `notify`. */
  wait(): Promise<void>;
}

export function createWakeUp(): WakeUp {
  let waiting: { readonly promise: Promise<void>; readonly resolve: () => void } | undefined;
  return {
    notify: () => {
      waiting?.resolve();
      waiting = undefined;
    },
    // One promise for all who wait, however often they begin to.
    wait: () => {
      waiting ??= createDeferred();
      return waiting.promise;
    },
  };
}

function createDeferred() {
  let resolve: () => void = () => undefined;
  const promise = new Promise<void>((settle) => {
    resolve = settle;
  });
  return { promise, resolve };
}
