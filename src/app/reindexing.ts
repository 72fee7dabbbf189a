/** Rebuilds the search index in the background after the text preparation has changed. */
import { setImmediate } from 'node:timers/promises';
import type { Clock } from '../lib/clock.ts';
import type { Log } from '../lib/log.ts';
import type { Store } from '../store/contract/store.ts';

const LOG_INTERVAL_MS = 5000;

/** `stop` waits for the batch in progress; the next start resumes. */
export function startReindexing(
  store: Store,
  { clock, log }: { clock: Clock; log: Log },
): { stop(): Promise<void> } {
  let isStopping = false;
  const work = async () => {
    let last: number | undefined;
    for (let progress = await store.reindexSome(); progress; progress = await store.reindexSome()) {
      if (last === undefined || clock.monotonic() - last >= LOG_INTERVAL_MS) {
        log.info({ tasks_left: progress.tasksLeft }, 'rebuilding the search index');
        last = clock.monotonic();
      }
      if (isStopping) return;
      await setImmediate(); // lets requests go first
    }
    if (last !== undefined) log.info('the search index is complete');
  };
  const working = work().catch((error: unknown) =>
    log.error({ err: error }, 'rebuilding the search index failed'),
  );
  return {
    stop: async () => {
      isStopping = true;
      await working;
    },
  };
}
