/** Archives one image: fetches it, stores its file and thumbnails, then its row, within the size limit of the archive. */
import type { Log } from '../lib/log.ts';
import type { WantedImage } from '../store/contract/images.ts';
import type { Store } from '../store/contract/store.ts';
import { ImageFailure } from './failure.ts';
import { type FetchDeps, type FetchedImage, fetchImage } from './fetch-image.ts';
import { isVideo } from './formats.ts';
import { ARCHIVED_THUMBNAIL_WIDTHS, type ThumbnailDraft } from './thumbnail-files.ts';

export interface ArchiveDeps extends FetchDeps {
  readonly store: Store;
  readonly log: Log;
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

export interface ArchiveRun {
  readonly quota: ArchiveQuota;
  readonly stop: AbortSignal;
  /** Whether thumbnails are made from the same decode. */
  readonly makesThumbnails: boolean;
}

/** @returns whether it has its thumbnails @throws ImageFailure, QuotaExceeded, or the system's error */
export async function archiveOne(
  deps: ArchiveDeps,
  wanted: WantedImage,
  run: ArchiveRun,
): Promise<{ hasThumbnails: boolean }> {
  const { artifact } = wanted;
  if (artifact === undefined) throw new ImageFailure('the task has no such image');
  const draft = artifact.kind === 'images' && run.makesThumbnails ? await beginDraft(deps) : undefined;
  try {
    const fetched = await fetchImage(deps, artifact, run.stop, draft?.targets);
    try {
      return { hasThumbnails: await storeFetched(deps, wanted, { ...fetched, draft, quota: run.quota }) };
    } finally {
      await deps.files.discard(fetched.received);
    }
  } finally {
    await draft?.discard();
  }
}

/** @returns whether it has its thumbnails */
async function storeFetched(
  deps: ArchiveDeps,
  wanted: WantedImage,
  fetched: FetchedImage & { draft: ThumbnailDraft | undefined; quota: ArchiveQuota },
): Promise<boolean> {
  const { store, files, clock } = deps;
  const { received, image, quota } = fetched;
  const known = await store.image(image.sha256);
  const isNew = known === undefined || known.isMissing === true;
  if (isNew && image.bytes > (await quota.getRemaining()))
    throw new QuotaExceeded('the archive has reached its maximum size');
  // Nothing else knows of the bytes until the row is there: if it never is, they are removed later.
  if (!(await store.reserveImage(image, clock.now())))
    throw new ImageFailure('the same image is being removed at the moment');
  await files.store(received, image);
  const hasThumbnails = await storeThumbnails(deps, fetched);
  // False if the task was removed meanwhile.
  if ((await store.archiveImage(wanted, image, clock.now())) && isNew) quota.consume(image.bytes);
  return hasThumbnails;
}

/** Thumbnails can be made later, so that they can't be made now fails no image. @returns undefined in that case */
async function beginDraft({ files, log }: ArchiveDeps): Promise<ThumbnailDraft | undefined> {
  try {
    return await files.thumbnails.begin(ARCHIVED_THUMBNAIL_WIDTHS);
  } catch (error) {
    log.warn({ err: error }, 'thumbnails could not be made');
    return undefined;
  }
}

/** As above. @returns whether the image has its thumbnails; a video needs none */
async function storeThumbnails(
  { log }: ArchiveDeps,
  { image, draft, thumbnailError }: FetchedImage & { draft: ThumbnailDraft | undefined },
): Promise<boolean> {
  const { sha256 } = image;
  if (isVideo(image)) return true;
  if (!draft) return false;
  if (thumbnailError !== undefined) {
    log.warn({ sha256, reason: thumbnailError }, 'thumbnails could not be made');
    return false;
  }
  try {
    await draft.store(image);
    return true;
  } catch (error) {
    log.warn({ sha256, err: error }, 'thumbnails could not be made');
    return false;
  }
}
