/** Makes the search index anew beside the running server, where the preparation of text has changed. */
import { setImmediate } from 'node:timers/promises';
import type { Clock } from '../lib/clock.ts';
import type { Log } from '../lib/log.ts';
import type { Store } from '../store/contract/store.ts';

const LINE_EVERY_MS = 5000;

/** @returns a function that ends it after the part under way; the next start goes on */
export function startReindexing(
  store: Store,
  { clock, log }: { clock: Clock; log: Log },
): { stop(): Promise<void> } {
  let isStopping = false;
  const work = async () => {
    let last: number | undefined;
    for (let progress = await store.reindexSome(); progress; progress = await store.reindexSome()) {
      if (last === undefined || clock.monotonic() - last >= LINE_EVERY_MS) {
        log.info({ tasks_left: progress.tasksLeft }, 'making the search index anew');
        last = clock.monotonic();
      }
      if (isStopping) return;
      await setImmediate(); // requests come first
    }
    if (last !== undefined) log.info('the search index is whole');
  };
  const working = work().catch((error: unknown) =>
    log.error({ err: error }, 'making the search index anew failed'),
  );
  return {
    stop: async () => {
      isStopping = true;
      await working;
    },
  };
}
