/**
 * Reads many single rows fast. In WAL mode each read costs three system calls for locks, so the reads requested in one
 * turn of the event loop are batched into one statement at its end. Under load that more than doubles the throughput of
 * cached retrieves; on an idle server it adds a few microseconds of latency.
 */
import { translateError } from './errors.ts';

interface Waiter<Row> {
  readonly resolve: (row: Row | undefined) => void;
  readonly reject: (reason: unknown) => void;
}

/**
 * @param load reads many rows at once
 * @param onError called once per failed batch
 * @returns a function that reads one row; concurrent reads of an id share one load
 */
export function createBatchLoader<Id extends string, Row extends { readonly id: Id }>(
  load: (ids: readonly Id[]) => readonly Row[],
  onError: (error: unknown) => void,
): (id: Id) => Promise<Row | undefined> {
  let turn = new Map<Id, Waiter<Row>[]>();

  const loadTurn = () => {
    const waiting = turn;
    turn = new Map();
    try {
      const rows = new Map(load([...waiting.keys()]).map((row) => [row.id, row]));
      for (const [id, waiters] of waiting) for (const { resolve } of waiters) resolve(rows.get(id));
    } catch (error) {
      onError(error);
      const reason = translateError(error);
      for (const waiters of waiting.values()) for (const { reject } of waiters) reject(reason);
    }
  };

  return (id) =>
    new Promise((resolve, reject) => {
      if (turn.size === 0) setImmediate(loadTurn);
      const waiters = turn.get(id);
      if (waiters) waiters.push({ resolve, reject });
      else turn.set(id, [{ resolve, reject }]);
    });
}
