/**
 * In which order queued jobs get their turn: round robin by caller, and among the requests of a caller by request, so that
 * neither many requests nor one for many ids delay those of others. Pure bookkeeping.
 */
import type { Waiter } from './waiters.ts';

export interface TurnLimits {
  /** Jobs of one caller. */
  readonly maxPerCaller: number;
  /** Jobs of all callers. */
  readonly maxTotal: number;
}

export interface TurnOrder<Job> {
  /** Queues a job in the turn of a waiter. A job that callers share has several, and counts as one. */
  add(job: Job, waiter: Waiter): void;
  remove(job: Job, waiter: Waiter): void;
  /** The job whose turn it is; its caller and request go to the end. It stays queued until it is removed. */
  next(): Job | undefined;
  /** What exceeds a limit after an addition: the newest job of whoever has the most, so that a small request always gets in. */
  findExcess(added: Waiter, limits: TurnLimits): { job: Job; waiter: Waiter } | undefined;
}

/** The queued jobs of one caller. */
interface Lane<Job> {
  /** By request, in the order of their turns. */
  readonly requests: Map<Waiter, Set<Job>>;
  /** How many requests share each job. */
  readonly jobs: Map<Job, number>;
}

export function createTurnOrder<Job>(): TurnOrder<Job> {
  /** In the order of their turns. */
  const lanes = new Map<string, Lane<Job>>();
  /** How many callers share each job. */
  const jobs = new Map<Job, number>();

  return {
    add: (job, waiter) => {
      const lane = getOrAdd(lanes, waiter.caller, () => ({ requests: new Map(), jobs: new Map() }));
      getOrAdd(lane.requests, waiter, () => new Set<Job>()).add(job);
      if (count(lane.jobs, job, 1) === 1) count(jobs, job, 1);
    },
    remove: (job, waiter) => {
      const lane = lanes.get(waiter.caller);
      const request = lane?.requests.get(waiter);
      if (!lane || !request?.delete(job)) return;
      if (request.size === 0) lane.requests.delete(waiter);
      if (lane.requests.size === 0) lanes.delete(waiter.caller);
      if (count(lane.jobs, job, -1) === 0) count(jobs, job, -1);
    },
    next: () => {
      const lane = rotate(lanes);
      const request = lane && rotate(lane.requests);
      return request && [...request][0];
    },
    findExcess: ({ caller }, { maxPerCaller, maxTotal }) => {
      const own = lanes.get(caller);
      if (own && own.jobs.size > maxPerCaller) return findNewestOfLongest(own.requests);
      if (jobs.size <= maxTotal) return undefined;
      const longest = findLast(lanes.values(), (lane) => lane.jobs.size);
      return longest && findNewestOfLongest(longest.requests);
    },
  };
}

function findNewestOfLongest<Job>(requests: ReadonlyMap<Waiter, ReadonlySet<Job>>) {
  const [waiter, jobs] = findLast(requests, ([, own]) => own.size) ?? [];
  const job = jobs && [...jobs].at(-1);
  return waiter && job !== undefined ? { job, waiter } : undefined;
}

/** The last of those with the highest rank. */
function findLast<Item>(items: Iterable<Item>, rank: (item: Item) => number): Item | undefined {
  let found: Item | undefined;
  for (const item of items) if (found === undefined || rank(item) >= rank(found)) found = item;
  return found;
}

/** The first value, which becomes the last. */
function rotate<Key, Value>(map: Map<Key, Value>): Value | undefined {
  for (const [key, value] of map) {
    map.delete(key);
    map.set(key, value);
    return value;
  }
  return undefined;
}

function getOrAdd<Key, Value>(map: Map<Key, Value>, key: Key, create: () => Value): Value {
  const value = map.get(key) ?? create();
  map.set(key, value);
  return value;
}

/** Changes a count, which is absent when it is zero. @returns the new count */
function count<Key>(counts: Map<Key, number>, key: Key, change: number): number {
  const value = (counts.get(key) ?? 0) + change;
  if (value === 0) counts.delete(key);
  else counts.set(key, value);
  return value;
}
