/** Merges the parts of the search index in the background of the server, a little at a time, and only while nothing is stored. */
import { setTimeout } from 'node:timers/promises';
import type { Log } from '../lib/log.ts';
import { createSingleFlight } from '../lib/single-flight.ts';
import type { Store } from '../store/contract/store.ts';

const POLL_INTERVAL_MS = 60_000;
/** Nothing has been stored for so long before a step, which takes a twentieth of it. */
const QUIET_MS = 100;

/** `stop` waits for the step in progress. */
export function startIndexMerging(
  store: Pick<Store, 'mergeIndexSome' | 'onChange' | 'readForeignVersion'>,
  log: Log,
): { stop(): Promise<void> } {
  const stopping = new AbortController();
  let changes = 0;
  const stopCounting = store.onChange(() => {
    changes += 1;
  });
  const readVersion = async () => `${changes} ${await store.readForeignVersion()}`;

  /** @returns whether nothing was stored meanwhile, here or by another process */
  const isQuiet = async (): Promise<boolean> => {
    const before = await readVersion();
    await setTimeout(QUIET_MS, undefined, { signal: stopping.signal });
    return before === (await readVersion());
  };

  const runs = createSingleFlight(async () => {
    try {
      while (!(await isQuiet()) || (await store.mergeIndexSome()));
    } catch (error) {
      if (!stopping.signal.aborted) log.error({ err: error }, 'merging the search index failed');
    }
  });
  const timer = setInterval(() => void runs.run(), POLL_INTERVAL_MS);
  void runs.run();
  return {
    stop: async () => {
      clearInterval(timer);
      stopCounting();
      stopping.abort();
      await runs.current;
    },
  };
}
