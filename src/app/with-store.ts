/** Opens the store for the duration of one command. */
import type { Config } from '../config/config.ts';
import { systemClock } from '../lib/clock.ts';
import type { Store } from '../store/contract/store.ts';
import { type OpenOptions, openStore } from '../store/sqlite/open.ts';

/** @throws DirectoryInUse, NewerDatabase, NoMirror, or whatever `work` throws */
export async function runWithStore<T>(
  config: Pick<Config, 'dataDir'> & Partial<Pick<Config, 'archiveInputs'>>,
  mode: OpenOptions['mode'],
  work: (store: Store) => Promise<T>,
): Promise<T> {
  const store = await openStore({
    dataDir: config.dataDir,
    clock: systemClock,
    mode,
    archivesInputs: config.archiveInputs ?? true,
  });
  try {
    return await work(store);
  } finally {
    await store.close();
  }
}
