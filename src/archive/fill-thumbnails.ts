/**
 * Makes the thumbnails that archived images lack, those of the newest tasks first: of images archived by an earlier version, or
 * while many others were waiting. It works while no image waits to be fetched, and one image at a time, so that a decoding process
 * stays free for callers.
 */
import type { Clock } from '../lib/clock.ts';
import type { Log } from '../lib/log.ts';
import { createSingleFlight } from '../lib/single-flight.ts';
import type { ArchivedImage, ImagePlace } from '../store/contract/images.ts';
import type { Store } from '../store/contract/store.ts';
import type { Archiver } from './archiver.ts';
import { ImageFailure } from './failure.ts';
import type { ImageFiles } from './files.ts';
import { isVideo } from './formats.ts';
import { ImageMissing } from './image-storage.ts';
import type { Thumbnails } from './thumbnails.ts';

export interface FillThumbnailsDeps {
  readonly store: Store;
  readonly files: ImageFiles;
  readonly thumbnails: Thumbnails;
  readonly archiver: Pick<Archiver, 'isRunning' | 'withoutThumbnails'>;
  /** Whether images are fetched at all; offline, none are. */
  readonly isArchiving: boolean;
  readonly clock: Clock;
  readonly log: Log;
}

export interface ThumbnailFiller {
  /** Continues until it has looked at every image, or something else is to be done. */
  run(): Promise<void>;
  /** Starts nothing more. */
  stop(): void;
}

const POLL_INTERVAL_MS = 1000;
/** After an error of the disk or the database. */
const RETRY_AFTER_ERROR_MS = 10 * 60_000;

export function createThumbnailFiller(deps: FillThumbnailsDeps): ThumbnailFiller {
  const { store, files, thumbnails, archiver, isArchiving, clock, log } = deps;
  let isStopped = false;
  let pass: AsyncGenerator<ArchivedImage, void> | undefined;
  /** `archiver.withoutThumbnails` when the last pass began: a higher number needs another one. */
  let seen: number | undefined;
  let isFirstRun = true;
  let pausedUntilMs = 0;
  let made = 0;

  const isIdle = async () =>
    !isStopped &&
    !archiver.isRunning &&
    (!isArchiving || (await store.countDueImages({ nowMs: clock.now(), limit: 1 })) === 0);

  const fill = async (image: ArchivedImage) => {
    const widths = isVideo(image) ? [] : await files.thumbnails.listMissing(image);
    if (widths.length === 0) return;
    try {
      await thumbnails.make(image, widths, 'idle');
    } catch (error) {
      if (!(error instanceof ImageMissing)) throw error;
      await store.recordMissingImages([image.sha256], clock.now());
      return;
    }
    made += 1;
  };

  const continuePass = async (images: AsyncGenerator<ArchivedImage, void>): Promise<void> => {
    while (await isIdle()) {
      const { value: image, done } = await images.next();
      if (done) {
        if (made > 0) log.info({ made }, 'archived images have got the thumbnails that they lacked');
        [pass, made] = [undefined, 0];
        if (seen === archiver.withoutThumbnails) await files.thumbnails.setComplete(true);
        return;
      }
      await fill(image).catch(rethrowUnlessImageFailure);
    }
  };

  /** A start would otherwise look at every file of a large archive. */
  const skipIfComplete = async () => {
    isFirstRun = false;
    if (await files.thumbnails.isComplete()) seen = 0;
  };

  return {
    run: async () => {
      if (clock.now() < pausedUntilMs) return;
      try {
        if (isFirstRun) await skipIfComplete();
        if (pass === undefined && seen === archiver.withoutThumbnails) return;
        if (!pass) seen = archiver.withoutThumbnails;
        pass ??= listNewestImages(store);
        await continuePass(pass);
      } catch (error) {
        if (isStopped) return; // the decoder was closed
        log.error({ err: error }, 'making thumbnails has stopped');
        pausedUntilMs = clock.now() + RETRY_AFTER_ERROR_MS;
        [pass, seen] = [undefined, undefined];
      }
    },
    stop: () => {
      isStopped = true;
    },
  };
}

async function* listNewestImages(store: Pick<Store, 'newestImages'>): AsyncGenerator<ArchivedImage, void> {
  let after: ImagePlace | undefined;
  do {
    const page = await store.newestImages(after);
    yield* page.images;
    after = page.next;
  } while (after);
}

/** An image that can have no thumbnail does not keep others from getting theirs. It was logged. */
function rethrowUnlessImageFailure(error: unknown): void {
  if (!(error instanceof ImageFailure)) throw error;
}

/** Checks every second whether there is time for it, until it is stopped. */
export function startFillingThumbnails(deps: FillThumbnailsDeps): { stop(): Promise<void> } {
  const filler = createThumbnailFiller(deps);
  const runs = createSingleFlight(filler.run);
  const timer = setInterval(() => void runs.run(), POLL_INTERVAL_MS);
  return {
    stop: async () => {
      clearInterval(timer);
      filler.stop();
      await runs.current;
    },
  };
}
