/** Thumbnails in WebP, made when they are first asked for, and kept. */
import { randomUUID } from 'node:crypto';
import { mkdir, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { writeAtomically } from '../lib/atomic-file.ts';
import { createFlights } from '../lib/single-flight.ts';
import { type ImageFiles, type NamedImage, THUMBNAIL_WIDTHS } from './files.ts';

const QUALITY = 80;

export interface Thumbnails {
  /** The width that is made for a wish. */
  chooseWidth(width: number): number;
  /** The path of a thumbnail at least as wide as asked for, where there is one; never wider than the image. */
  of(image: NamedImage, width: number): Promise<string>;
}

export function createThumbnails(files: ImageFiles): Thumbnails {
  const making = createFlights<string, void>();

  const make = async (image: NamedImage, path: string, width: number): Promise<void> => {
    const { openImage } = await import('./pixels.ts');
    await mkdir(dirname(path), { recursive: true, mode: 0o700 });
    await writeAtomically(path, `${path}.${randomUUID()}`, (partial) =>
      openImage(files.getPath(image))
        .resize({ width, withoutEnlargement: true })
        .webp({ quality: QUALITY })
        .toFile(partial),
    );
  };

  const chooseWidth = (asked: number) =>
    THUMBNAIL_WIDTHS.find((width) => width >= asked) ?? THUMBNAIL_WIDTHS[1];

  return {
    chooseWidth,
    of: async (image, asked) => {
      const path = files.getThumbnailPath(image, chooseWidth(asked));
      if (await exists(path)) return path;
      await (making.get(path) ?? making.add(path, make(image, path, chooseWidth(asked))));
      return path;
    },
  };
}

async function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false, // it will be made, and whatever is wrong will show then
  );
}
