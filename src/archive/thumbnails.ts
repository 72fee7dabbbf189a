/** WebP thumbnails, created on first request and stored. */
import { randomUUID } from 'node:crypto';
import { mkdir, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { writeAtomically } from '../lib/atomic-file.ts';
import { createFlights } from '../lib/single-flight.ts';
import type { Decoder } from './decoding/decoder.ts';
import { type ImageFiles, type NamedImage, THUMBNAIL_WIDTHS } from './files.ts';

const QUALITY = 80;
/** Of tall images. WebP allows 16,383 pixels. */
const MAX_HEIGHT = 4096;

export interface Thumbnails {
  /** The available width for a requested one. */
  chooseWidth(requested: number): number;
  /** Path of the smallest thumbnail that is at least as wide as requested, else the widest; never wider than the image. */
  of(image: NamedImage, width: number): Promise<string>;
}

export function createThumbnails({ files, decoder }: { files: ImageFiles; decoder: Decoder }): Thumbnails {
  const creating = createFlights<string, void>();

  const createThumbnail = async (image: NamedImage, path: string, width: number): Promise<void> => {
    await mkdir(dirname(path), { recursive: true, mode: 0o700 });
    await writeAtomically(path, `${path}.${randomUUID()}`, (target) =>
      decoder.createThumbnail({
        path: files.getPath(image),
        mediaType: image.mediaType,
        target,
        width,
        height: MAX_HEIGHT,
        quality: QUALITY,
      }),
    );
  };

  const chooseWidth = (requested: number) =>
    THUMBNAIL_WIDTHS.find((width) => width >= requested) ?? THUMBNAIL_WIDTHS[1];

  return {
    chooseWidth,
    of: async (image, requested) => {
      const path = files.getThumbnailPath(image, chooseWidth(requested));
      if (await fileExists(path)) return path;
      await (creating.get(path) ?? creating.add(path, createThumbnail(image, path, chooseWidth(requested))));
      return path;
    },
  };
}

async function fileExists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false, // creating it will report whatever is wrong
  );
}
