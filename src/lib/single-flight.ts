/** Single-flight: concurrent calls share the run in progress, and its result. */

export interface SingleFlight<Result, Arguments extends readonly unknown[]> {
  /** Starts a run, or joins the one in progress, whatever that was started with. */
  run(...args: Arguments): Promise<Result>;
  /** The run in progress. */
  readonly current: Promise<Result> | undefined;
}

/** @param start begins a run; how it ends, well or not, is told to all that joined it */
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
  /** Takes a run that others may join until it has ended. @returns the same run; whoever waited for it finds it gone */
  add(key: Key, run: Promise<Result>): Promise<Result>;
  /** Runs in progress. */
  readonly size: number;
}

/** The same for many keys, each with a run of its own. */
export function createFlights<Key, Result>(): Flights<Key, Result> {
  const flights = new Map<Key, Promise<Result>>();
  return {
    get: (key) => flights.get(key),
    add: (key, run) => {
      const end = () => {
        if (flights.get(key) === run) flights.delete(key);
      };
      flights.set(key, run);
      // Before any handler of a caller. One for failures too: of many runs, some may fail before anybody waits for them.
      run.then(end, end);
      return run;
    },
    get size() {
      return flights.size;
    },
  };
}
