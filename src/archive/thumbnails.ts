/** WebP thumbnails, created on first request and stored. */
import { randomUUID } from 'node:crypto';
import { dirname } from 'node:path';
import { writeAtomically } from '../lib/atomic-file.ts';
import type { Clock } from '../lib/clock.ts';
import type { Log } from '../lib/log.ts';
import { createFlights } from '../lib/single-flight.ts';
import type { Decoder } from './decoding/decoder.ts';
import { ImageFailure } from './failure.ts';
import { type ImageFiles, type NamedImage, THUMBNAIL_WIDTHS } from './files.ts';
import { createFolder, explainRenameFailure, type OpenFile, openFile } from './open-file.ts';

const QUALITY = 80;
/** Of tall images. WebP allows 16,383 pixels. */
const MAX_HEIGHT = 4096;
/** An image that failed once mostly fails again, but a busy machine may have been the reason. */
const FAILURE_TTL_MS = 60 * 60_000;
const MAX_FAILURES = 10_000;

export interface Thumbnails {
  /** The available width for a requested one. */
  chooseWidth(requested: number): number;
  /**
   * Opens the smallest thumbnail that is at least as wide as requested, else the widest; never wider than the image.
   * The caller closes it. @throws ImageFailure if there can be none, which is remembered; the system's error
   */
  open(image: NamedImage, width: number): Promise<OpenFile>;
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

  const writeThumbnail = async (image: NamedImage, path: string, width: number): Promise<void> => {
    await createFolder(dirname(path));
    await writeAtomically(path, `${path}.${randomUUID()}`, (target) =>
      decoder.createThumbnail({
        path: files.getPath(image),
        mediaType: image.mediaType,
        target,
        width,
        height: MAX_HEIGHT,
        quality: QUALITY,
      }),
    ).catch(explainRenameFailure);
  };

  const createThumbnail = async (image: NamedImage, path: string, width: number): Promise<void> => {
    const known = failures.get(path);
    if (known && clock.now() < known.untilMs) throw known.error;
    try {
      await writeThumbnail(image, path, width);
    } catch (error) {
      if (error instanceof ImageFailure) {
        log.warn({ sha256: image.sha256, reason: error.message }, 'an image has no thumbnail');
        rememberFailure(path, error);
      }
      throw error;
    }
  };
  const rememberFailure = (path: string, error: ImageFailure): void => {
    failures.delete(path);
    failures.set(path, { error, untilMs: clock.now() + FAILURE_TTL_MS });
    const [oldest] = failures.keys();
    if (failures.size > MAX_FAILURES && oldest !== undefined) failures.delete(oldest);
  };

  const chooseWidth = (requested: number) =>
    THUMBNAIL_WIDTHS.find((width) => width >= requested) ?? THUMBNAIL_WIDTHS[1];

  return {
    chooseWidth,
    open: async (image, requested) => {
      const width = chooseWidth(requested);
      const path = files.getThumbnailPath(image, width);
      const existing = await openThumbnail(path);
      if (existing) return existing;
      await (creating.get(path) ?? creating.add(path, createThumbnail(image, path, width)));
      const created = await openThumbnail(path);
      if (!created) throw new ImageFailure('its thumbnail has vanished');
      return created;
    },
  };
}

/** An empty file is left by a power cut, because thumbnails are not synced to disk. */
async function openThumbnail(path: string): Promise<OpenFile | undefined> {
  const file = await openFile(path);
  if (file?.stats.size !== 0) return file;
  await file.handle.close();
  return undefined;
}
