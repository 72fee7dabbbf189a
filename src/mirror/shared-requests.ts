/** Upstream requests in flight that further callers join. */
import { createFlights } from '../lib/single-flight.ts';
import type { Waiter, Waiters } from '../upstream/waiters.ts';

export interface SharedRequests<Result> {
  /** Joins the request in flight for a key; undefined if there is none, or if it was dropped before it was sent. */
  join(key: string, waiter: Waiter): Promise<Result> | undefined;
  /** Registers a request that others may join until it ends. @returns the same */
  add(key: string, waiters: Waiters, request: Promise<Result>): Promise<Result>;
  /** Requests in flight. */
  readonly size: number;
}

export function createSharedRequests<Result>(): SharedRequests<Result> {
  const flights = createFlights<string, Result>();
  const waitersOf = new WeakMap<Promise<Result>, Waiters>();
  return {
    join: (key, waiter) => {
      const request = flights.get(key);
      return request && waitersOf.get(request)?.join(waiter) ? request : undefined;
    },
    add: (key, waiters, request) => {
      waitersOf.set(request, waiters);
      return flights.add(key, request);
    },
    get size() {
      return flights.size;
    },
  };
}
