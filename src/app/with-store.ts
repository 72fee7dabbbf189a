/** Opens the store for the duration of one command. */
import type { Config } from '../config/config.ts';
import { systemClock } from '../lib/clock.ts';
import type { Store } from '../store/contract/store.ts';
import { type OpenStoreOptions, openMirrorStore, type StoreLocation } from './open-store.ts';

/** @throws DirectoryInUse, NewerDatabase, UnusableDatabase, NoMirror, or whatever `work` throws */
export async function runWithStore<T>(
  config: StoreLocation & Partial<Pick<Config, 'archiveInputs'>>,
  mode: OpenStoreOptions['mode'],
  work: (store: Store) => Promise<T>,
): Promise<T> {
  const store = await openMirrorStore(config, {
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
