/** Archives one image: fetches it, stores its file, then its row, within the size limit of the archive. */
import type { WantedImage } from '../store/contract/images.ts';
import type { Store } from '../store/contract/store.ts';
import { ImageFailure } from './failure.ts';
import { type FetchDeps, fetchImage } from './fetch-image.ts';

export interface ArchiveDeps extends FetchDeps {
  readonly store: Store;
  /** Total size of all archived files; undefined means no limit. */
  readonly maxArchiveBytes: number | undefined;
}

export class QuotaExceeded extends ImageFailure {}

/** How much the archive may still grow, in bytes. */
export interface ArchiveQuota {
  getRemaining(): Promise<number>;
  consume(bytes: number): void;
}

/** Reads the current size once, on first use: almost every run finds nothing to do. */
export function createQuota({ store, maxArchiveBytes }: ArchiveDeps): ArchiveQuota {
  let initial: Promise<number> | undefined;
  let consumed = 0;
  const readInitial = async () =>
    maxArchiveBytes === undefined
      ? Number.POSITIVE_INFINITY
      : maxArchiveBytes - (await store.imageStats()).bytes;
  return {
    getRemaining: async () => {
      initial ??= readInitial();
      return (await initial) - consumed;
    },
    consume: (bytes) => {
      consumed += bytes;
    },
  };
}

/** @throws ImageFailure, QuotaExceeded, or the system's error */
export async function archiveOne(
  deps: ArchiveDeps,
  wanted: WantedImage,
  quota: ArchiveQuota,
  stop: AbortSignal,
): Promise<void> {
  const { store, files, clock } = deps;
  if (wanted.artifact === undefined) throw new ImageFailure('the task has no such image');
  const { received, image } = await fetchImage(deps, wanted.artifact, stop);
  try {
    const known = await store.image(image.sha256);
    const isNew = known === undefined || known.isMissing === true;
    if (isNew && image.bytes > (await quota.getRemaining()))
      throw new QuotaExceeded('the archive has reached its maximum size');
    await files.store(received, image);
    if (!(await store.archiveImage(wanted, image, clock.now()))) {
      // The task was removed during the fetch; remove the file too, unless another task has the same image.
      if (isNew && (await store.image(image.sha256)) === undefined) await files.remove(image);
      return;
    }
    if (isNew) quota.consume(image.bytes);
  } finally {
    await files.discard(received);
  }
}
