/**
 * Changes of one collection, one after the other: each names the version that the one before has made. When one fails, those
 * behind it were about a list that is not there, and are dropped.
 */

export interface ChangeQueue {
  /** @returns whether it was run, and did not fail */
  add(change: () => Promise<void>): Promise<boolean>;
  /** Changes that wait, or are being made. */
  count(): number;
}

/** @param onFailure of a change @param onIdle called when no change is left */
export function createChangeQueue({
  onFailure,
  onIdle,
}: {
  readonly onFailure: (error: unknown) => void;
  readonly onIdle: () => void;
}): ChangeQueue {
  let last: Promise<unknown> = Promise.resolve();
  let waiting = 0;
  /** Increases with each failure. */
  let epoch = 0;

  return {
    count: () => waiting,
    add: (change) => {
      const own = epoch;
      waiting += 1;
      const run = async (): Promise<boolean> => {
        let isDone = false;
        try {
          if (own === epoch) {
            await change();
            isDone = true;
          }
        } catch (error) {
          epoch += 1;
          onFailure(error);
        }
        waiting -= 1;
        if (waiting === 0) onIdle();
        return isDone;
      };
      const result = last.then(run);
      last = result;
      return result;
    },
  };
}
