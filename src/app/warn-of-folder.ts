/** Images in a folder are those of one server: another one neither shows them nor finds their files. */
import type { Config } from '../config/config.ts';
import type { Clock } from '../lib/clock.ts';
import type { Log } from '../lib/log.ts';
import { storeErrorCodeOf } from '../store/contract/errors.ts';
import type { Store } from '../store/contract/store.ts';

export async function warnOfFolder(
  { archiveImages, imageStore }: Pick<Config, 'archiveImages' | 'imageStore'>,
  { store, clock, log }: { store: Pick<Store, 'findServers'>; clock: Clock; log: Log },
): Promise<void> {
  if (!archiveImages || imageStore !== undefined) return;
  try {
    if ((await store.findServers(clock.now())).length < 2) return;
  } catch (error) {
    if (storeErrorCodeOf(error) === undefined) throw error;
    return; // the next start says it
  }
  log.warn(
    'other servers share this mirror, and its images are in a folder that they do not see: set FLUX_MIRROR_IMAGE_STORE for all of them',
  );
}
