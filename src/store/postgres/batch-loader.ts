/**
 * Reads many single rows fast: the reads that are requested in one turn of the event loop become one statement at its end, a few of them at
 * a time. Each would cost a round trip, and a connection as long as that takes.
 */

interface Waiter<Row> {
  readonly resolve: (row: Row | undefined) => void;
  readonly reject: (reason: unknown) => void;
}

/** More statements at a time would only wait for each other. */
const MAX_IN_FLIGHT = 4;
/**
 * Of one statement. If one had all that is asked for, the database would wait while this process reads its rows, and this process while
 * the database does.
 */
const MAX_IDS = 32;

/**
 * @param load reads many rows at once
 * @returns a function that reads one row; concurrent reads of an id share one load
 */
export function createBatchLoader<Id extends string, Row extends { readonly id: Id }>(
  load: (ids: readonly Id[]) => Promise<readonly Row[]>,
): (id: Id) => Promise<Row | undefined> {
  const waiting = new Map<Id, Waiter<Row>[]>();
  let isScheduled = false;
  let inFlight = 0;

  const schedule = () => {
    if (isScheduled || waiting.size === 0 || inFlight >= MAX_IN_FLIGHT) return;
    isScheduled = true;
    setImmediate(loadWaiting);
  };

  const loadWaiting = () => {
    isScheduled = false;
    while (waiting.size > 0 && inFlight < MAX_IN_FLIGHT) void loadBatch(takeFirst(waiting, MAX_IDS));
  };

  const loadBatch = async (batch: ReadonlyMap<Id, readonly Waiter<Row>[]>) => {
    inFlight += 1;
    try {
      const rows = new Map((await load([...batch.keys()])).map((row) => [row.id, row]));
      for (const [id, waiters] of batch) for (const { resolve } of waiters) resolve(rows.get(id));
    } catch (error) {
      for (const waiters of batch.values()) for (const { reject } of waiters) reject(error);
    } finally {
      inFlight -= 1;
      schedule();
    }
  };

  return (id) =>
    new Promise((resolve, reject) => {
      const waiters = waiting.get(id);
      if (waiters) waiters.push({ resolve, reject });
      else waiting.set(id, [{ resolve, reject }]);
      schedule();
    });
}

/** Takes the first entries out of a map. */
function takeFirst<Key, Value>(map: Map<Key, Value>, count: number): Map<Key, Value> {
  const taken = new Map<Key, Value>();
  for (const [key, value] of map) {
    if (taken.size === count) break;
    taken.set(key, value);
    map.delete(key);
  }
  return taken;
}
