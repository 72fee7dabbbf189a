/** WebP thumbnails of archived images: made when an image is archived, when there is nothing else to do, or on first request. */
import type { Clock } from '../lib/clock.ts';
import type { Log } from '../lib/log.ts';
import { createFlights } from '../lib/single-flight.ts';
import type { Decoder, ThumbnailUrgency } from './decoding/decoder.ts';
import { ImageFailure } from './failure.ts';
import type { ImageFiles } from './files.ts';
import type { NamedImage } from './image-storage.ts';
import type { OpenFile } from './open-file.ts';
import { THUMBNAIL_WIDTHS } from './thumbnail-files.ts';

/** An image that failed once mostly fails again, but a busy machine may have been the reason. */
const FAILURE_TTL_MS = 60 * 60_000;
const MAX_FAILURES = 10_000;

export interface Thumbnails {
  /** The available width for a requested one. */
  chooseWidth(requested: number): number;
  /**
   * Opens the smallest thumbnail that is at least as wide as requested, else the widest; never wider than the image.
   * @returns undefined if it has to be made; the caller closes it @throws the system's error
   */
  find(image: NamedImage, requested: number): Promise<OpenFile | undefined>;
  /** As `find`, and makes it. @throws ImageFailure if there can be none, which is remembered; ImageMissing; the system's error */
  open(image: NamedImage, requested: number): Promise<OpenFile>;
  /** Makes these widths of an image. @throws as `open` */
  make(image: NamedImage, widths: readonly number[], urgency: ThumbnailUrgency): Promise<void>;
}

export interface ThumbnailDeps {
  readonly files: ImageFiles;
  readonly decoder: Decoder;
  readonly clock: Clock;
  readonly log: Log;
}

export function createThumbnails({ files, decoder, clock, log }: ThumbnailDeps): Thumbnails {
  const creating = createFlights<string, void>();
  const failures = new Map<string, { readonly error: ImageFailure; readonly untilMs: number }>();

  const write = async (image: NamedImage, widths: readonly number[], urgency: ThumbnailUrgency) => {
    const draft = await files.thumbnails.begin(widths);
    try {
      const { mediaType } = image;
      await files.withLocalFile(image, (path) =>
        decoder.createThumbnails({ path, mediaType, thumbnails: draft.targets }, urgency),
      );
      await draft.store(image);
    } finally {
      await draft.discard();
    }
  };

  const make: Thumbnails['make'] = async (image, widths, urgency) => {
    const key = `${image.sha256} ${widths.join(' ')}`;
    const known = failures.get(key);
    if (known && clock.now() < known.untilMs) throw known.error;
    try {
      await write(image, widths, urgency);
    } catch (error) {
      if (error instanceof ImageFailure) {
        log.warn({ sha256: image.sha256, reason: error.message }, 'an image has no thumbnail');
        rememberFailure(key, error);
      }
      throw error;
    }
  };
  const rememberFailure = (key: string, error: ImageFailure): void => {
    failures.delete(key);
    failures.set(key, { error, untilMs: clock.now() + FAILURE_TTL_MS });
    const [oldest] = failures.keys();
    if (failures.size > MAX_FAILURES && oldest !== undefined) failures.delete(oldest);
  };

  const chooseWidth = (requested: number) =>
    THUMBNAIL_WIDTHS.find((width) => width >= requested) ?? Math.max(...THUMBNAIL_WIDTHS);
  const find = (image: NamedImage, requested: number) => files.thumbnails.open(image, chooseWidth(requested));

  return {
    chooseWidth,
    find,
    make,
    open: async (image, requested) => {
      const existing = await find(image, requested);
      if (existing) return existing;
      const width = chooseWidth(requested);
      const key = files.thumbnails.getPath(image, width);
      await (creating.get(key) ?? creating.add(key, make(image, [width], 'now')));
      const created = await find(image, requested);
      if (!created) throw new ImageFailure('its thumbnail has vanished');
      return created;
    },
  };
}
