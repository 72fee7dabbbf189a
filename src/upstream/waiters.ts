/**
 * Who waits for an upstream request. It is queued in the turn of each caller that shares it, and dropped when all have hung up
 * before it was sent.
 */

/** One request to the mirror that needs the upstream. */
export interface Waiter {
  /** Whose turn and share of the queue it takes: all requests of one token, or of one address. */
  readonly caller: string;
  /** Aborted when the caller hangs up; undefined for a request that is sent whether or not anyone waits for its response. */
  readonly hangUp?: AbortSignal;
}

export interface Waiters {
  readonly all: ReadonlySet<Waiter>;
  /** Shares the request. False when it was dropped: the caller needs another one. */
  join(waiter: Waiter): boolean;
  /** For the queue: called with every waiter that joins later. @returns a function that ends it */
  onJoin(listener: (waiter: Waiter) => void): () => void;
  /** For the queue: the request was dropped, so that nobody may join it. */
  close(): void;
}

export function createWaiters(first: Waiter): Waiters {
  const all = new Set([first]);
  const listeners = new Set<(waiter: Waiter) => void>();
  let isClosed = false;
  return {
    all,
    join: (waiter) => {
      if (isClosed || all.has(waiter)) return !isClosed;
      all.add(waiter);
      for (const listener of listeners) listener(waiter);
      return true;
    },
    onJoin: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    close: () => {
      isClosed = true;
    },
  };
}
