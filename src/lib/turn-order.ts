/**
 * In which order queued jobs get their turn: round robin by caller, and among the requests of a caller by request, so that
 * neither many requests nor one for many ids delay those of others. Pure bookkeeping.
 */
export interface TurnLimits {
  /** Jobs of one caller. */
  readonly maxPerCaller: number;
  /** Jobs of all callers. */
  readonly maxTotal: number;
}

/** Who waits for jobs: compared by identity. */
export interface Turn {
  /** Whose turn it takes. */
  readonly caller: string;
}

export interface TurnOrder<Job, Request extends Turn> {
  /** All jobs that are queued. */
  readonly jobs: Iterable<Job>;
  /** Queues a job in the turn of a request. A job that requests share has several turns, and counts as one. */
  add(job: Job, request: Request): void;
  remove(job: Job, request: Request): void;
  /**
   * The job whose turn it is; its caller and request go to the end. It stays queued until it is removed.
   * @param isBusy callers that are passed over, and keep their turn
   */
  next(isBusy?: (caller: string) => boolean): Job | undefined;
  /**
   * What exceeds a limit after an addition: the newest job of whoever has the most, so that a small request always gets in. A caller's
   * only job never does, or a crowd of callers could keep a new one out: there are at most as many as connections.
   */
  findExcess(added: Request, limits: TurnLimits): { job: Job; request: Request } | undefined;
}

/** The queued jobs of one caller. */
interface Lane<Job, Request> {
  /** By request, in the order of their turns. */
  readonly requests: Map<Request, Set<Job>>;
  /** How many requests share each job. */
  readonly jobs: Map<Job, number>;
}

export function createTurnOrder<Job, Request extends Turn>(): TurnOrder<Job, Request> {
  /** In the order of their turns. */
  const lanes = new Map<string, Lane<Job, Request>>();
  /** How many callers share each job. */
  const jobs = new Map<Job, number>();

  return {
    get jobs() {
      return jobs.keys();
    },
    add: (job, request) => {
      const lane = getOrAdd(lanes, request.caller, () => ({ requests: new Map(), jobs: new Map() }));
      getOrAdd(lane.requests, request, () => new Set<Job>()).add(job);
      if (count(lane.jobs, job, 1) === 1) count(jobs, job, 1);
    },
    remove: (job, request) => {
      const lane = lanes.get(request.caller);
      const queued = lane?.requests.get(request);
      if (!lane || !queued?.delete(job)) return;
      if (queued.size === 0) lane.requests.delete(request);
      if (lane.requests.size === 0) lanes.delete(request.caller);
      if (count(lane.jobs, job, -1) === 0) count(jobs, job, -1);
    },
    next: (isBusy) => {
      const lane = rotate(lanes, isBusy);
      const queued = lane && rotate(lane.requests);
      return queued && [...queued][0];
    },
    findExcess: ({ caller }, { maxPerCaller, maxTotal }) => {
      const own = lanes.get(caller);
      if (own && own.jobs.size > maxPerCaller) return findNewestOfLongest(own.requests);
      if (jobs.size <= maxTotal) return undefined;
      const longest = findLast(lanes.values(), (lane) => lane.jobs.size);
      return longest && longest.jobs.size > 1 ? findNewestOfLongest(longest.requests) : undefined;
    },
  };
}

function findNewestOfLongest<Job, Request>(requests: ReadonlyMap<Request, ReadonlySet<Job>>) {
  const [request, jobs] = findLast(requests, ([, own]) => own.size) ?? [];
  const job = jobs && [...jobs].at(-1);
  return request !== undefined && job !== undefined ? { job, request } : undefined;
}

/** The last of those with the highest rank. */
function findLast<Item>(items: Iterable<Item>, rank: (item: Item) => number): Item | undefined {
  let found: Item | undefined;
  for (const item of items) if (found === undefined || rank(item) >= rank(found)) found = item;
  return found;
}

/** The first value, which becomes the last. @param isSkipped keys that are passed over */
function rotate<Key, Value>(map: Map<Key, Value>, isSkipped?: (key: Key) => boolean): Value | undefined {
  for (const [key, value] of map) {
    if (isSkipped?.(key)) continue;
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
