/** Opens a bucket with the keys of the settings. Nothing is sent yet. */
import type { Config } from '../config/config.ts';
import { type BucketAddress, readObjectStore } from '../config/object-store.ts';
import type { Clock } from '../lib/clock.ts';
import { createObjectStore, type ObjectStore } from '../object-store/object-store.ts';

/** @throws BadSetting if there are no keys */
export function openBucket(
  config: Config,
  deps: { readonly clock: Clock; readonly random: () => number },
  at: BucketAddress,
): ObjectStore {
  return createObjectStore(readObjectStore(config, at), deps);
}
