/**
 * Removes the bytes of images that no task has had for an hour. Not at once: between "nobody has it" and the removal, the same bytes
 * may be archived again, here or by another server.
 */
import type { Clock } from '../lib/clock.ts';
import type { Log } from '../lib/log.ts';
import { createSingleFlight } from '../lib/single-flight.ts';
import { ObjectStoreError } from '../object-store/errors.ts';
import type { Store } from '../store/contract/store.ts';
import type { ImageFiles } from './files.ts';

export interface RemoveUnusedDeps {
  readonly store: Pick<Store, 'claimUnusedImages' | 'discardUnusedImages'>;
  readonly files: Pick<ImageFiles, 'remove'>;
  readonly clock: Clock;
}

/** Longer than it takes to archive an image. */
export const UNUSED_FOR_MS = 3_600_000;
const CLAIM_SIZE = 50;
/** To remove as many. */
const LEASE_MS = 5 * 60_000;
/** A removal that begins later could outlive the lease, and somebody else's archiving. */
const MAX_CLAIM_AGE_MS = LEASE_MS / 2;
const POLL_INTERVAL_MS = 60_000;

/** @param stop ends it after the image in progress @returns how many were removed @throws as the storage does */
export async function removeUnusedImages(
  { store, files, clock }: RemoveUnusedDeps,
  stop?: AbortSignal,
): Promise<number> {
  let removed = 0;
  for (;;) {
    const nowMs = clock.now();
    const images = await store.claimUnusedImages({
      ...{ nowMs, unusedBeforeMs: nowMs - UNUSED_FOR_MS, limit: CLAIM_SIZE, leaseMs: LEASE_MS },
    });
    for (const image of images) {
      // What is left is claimed again when its lease is over.
      if (stop?.aborted) return removed;
      if (clock.now() - nowMs > MAX_CLAIM_AGE_MS) break;
      await files.remove(image);
      await store.discardUnusedImages([image.sha256]);
      removed += 1;
    }
    if (images.length < CLAIM_SIZE) return removed;
  }
}

/** Does so once a minute, until it is stopped. */
export function startRemovingUnused(deps: RemoveUnusedDeps & { readonly log: Log }): {
  stop(): Promise<void>;
} {
  const stopping = new AbortController();
  const runs = createSingleFlight(async () => {
    try {
      const removed = await removeUnusedImages(deps, stopping.signal);
      if (removed > 0) deps.log.info({ removed }, 'images that no task has any more have been removed');
    } catch (error) {
      // The watch of the storage logs what is wrong with it.
      if (!(error instanceof ObjectStoreError))
        deps.log.error({ err: error }, 'removing images that no task has any more failed');
    }
  });
  const timer = setInterval(() => void runs.run(), POLL_INTERVAL_MS);
  void runs.run();
  return {
    stop: async () => {
      clearInterval(timer);
      stopping.abort();
      await runs.current;
    },
  };
}
