/** Opens the store for the duration of one command. */
import type { Config } from '../config/config.ts';
import { type Clock, systemClock } from '../lib/clock.ts';
import type { Store } from '../store/contract/store.ts';
import { type OpenStoreOptions, openMirrorStore, type StoreLocation } from './open-store.ts';
import { createStoreClock } from './store-clock.ts';

/** @param work gets the time of the store's machine, if it is another one @throws DirectoryInUse, NewerDatabase, UnusableDatabase, NoMirror, or whatever `work` throws */
export async function runWithStore<T>(
  config: StoreLocation & Partial<Pick<Config, 'archiveInputs'>>,
  mode: OpenStoreOptions['mode'],
  work: (store: Store, clock: Clock) => Promise<T>,
): Promise<T> {
  const clock = createStoreClock(systemClock);
  const store = await openMirrorStore(config, {
    clock,
    mode,
    archivesInputs: config.archiveInputs ?? true,
  });
  try {
    if (mode === 'writer') await clock.synchronize(store);
    return await work(store, clock);
  } finally {
    await store.close();
  }
}
