/** Single-flight: concurrent calls share the run in progress, and its result. */

export interface SingleFlight<Result, Arguments extends readonly unknown[]> {
  /** Starts a run, or joins the one in progress regardless of its arguments. */
  run(...args: Arguments): Promise<Result>;
  /** The run in progress. */
  readonly current: Promise<Result> | undefined;
}

/** @param start starts a run; every caller that joined gets its result or its error */
export function createSingleFlight<Result, Arguments extends readonly unknown[]>(
  start: (...args: Arguments) => Promise<Result>,
): SingleFlight<Result, Arguments> {
  const flights = createFlights<'only', Result>();
  return {
    run: (...args) => flights.get('only') ?? flights.add('only', start(...args)),
    get current() {
      return flights.get('only');
    },
  };
}

export interface Flights<Key, Result> {
  /** The run in progress for a key. */
  get(key: Key): Promise<Result> | undefined;
  /** Registers a run that others may join until it ends. @returns the same run; once it resolves, it is no longer listed */
  add(key: Key, run: Promise<Result>): Promise<Result>;
  /** Runs in progress. */
  readonly size: number;
}

/** The same with one run per key. */
export function createFlights<Key, Result>(): Flights<Key, Result> {
  const flights = new Map<Key, Promise<Result>>();
  return {
    get: (key) => flights.get(key),
    add: (key, run) => {
      const end = () => {
        if (flights.get(key) === run) flights.delete(key);
      };
      flights.set(key, run);
      // Runs before any caller's handler. Also handles failures: a run may fail before anything awaits it.
      run.then(end, end);
      return run;
    },
    get size() {
      return flights.size;
    },
  };
}
