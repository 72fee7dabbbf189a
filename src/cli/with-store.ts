/** Opens the store for the time of one command. */
import { systemClock } from '../clock.ts';
import type { Config } from '../config.ts';
import type { Store } from '../store/contract.ts';
import { type OpenOptions, openStore } from '../store/open.ts';

/** @throws DirectoryInUse, NewerDatabase, NoMirror, or whatever `work` throws */
export async function withStore<T>(
  config: Pick<Config, 'dataDir'>,
  mode: OpenOptions['mode'],
  work: (store: Store) => Promise<T>,
): Promise<T> {
  const store = openStore({ dataDir: config.dataDir, clock: systemClock, mode });
  try {
    return await work(store);
  } finally {
    await store.close();
  }
}
