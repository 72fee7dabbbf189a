/**
 * The image files, named by the SHA-256 of their bytes: `images/ab/abcd….png`. A file under its own name is always a
 * whole one: bytes go to a temporary file, to the disk, and only then to their name.
 */
import { createHash, randomUUID } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { mkdir, open, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { hasErrorCode } from '../lib/errno.ts';
import type { ArchivedImage } from '../store/contract/images.ts';
import { ImageFailure } from './failure.ts';
import { getExtension } from './formats.ts';

/** For a list, and for a screen. Pixels. */
export const THUMBNAIL_WIDTHS = [320, 960] as const;

/** Bytes that are on the disk, but not under a name yet. */
export interface ReceivedFile {
  readonly path: string;
  readonly sha256: string;
  readonly bytes: number;
}

export type NamedImage = Pick<ArchivedImage, 'sha256' | 'mediaType'>;

export interface ImageFiles {
  getPath(image: NamedImage): string;
  /** Where thumbnails of an image are. @param width pixels */
  getThumbnailPath(image: Pick<ArchivedImage, 'sha256'>, width: number): string;
  /** Takes bytes in. @throws ImageFailure when there are none, or more than `maxBytes` */
  receive(chunks: AsyncIterable<Uint8Array>, maxBytes: number): Promise<ReceivedFile>;
  /** Gives a received file its name; the same bytes are kept once. */
  keep(received: ReceivedFile, image: NamedImage): Promise<void>;
  discard(received: ReceivedFile): Promise<void>;
  /** Deletes an image and its thumbnails. */
  remove(image: NamedImage): Promise<void>;
  /** Whether the file is there and has the bytes of its name. */
  isIntact(image: NamedImage): Promise<boolean>;
  /** Deletes what a crash left half received. */
  sweep(): Promise<void>;
}

export function createImageFiles(dataDir: string): ImageFiles {
  const partial = join(dataDir, 'images', 'partial');
  const getPath = ({ sha256, mediaType }: NamedImage) =>
    join(dataDir, 'images', sha256.slice(0, 2), `${sha256}.${getExtension(mediaType)}`);
  const getThumbnailPath = ({ sha256 }: Pick<ArchivedImage, 'sha256'>, width: number) =>
    join(dataDir, 'thumbs', sha256.slice(0, 2), `${sha256}-${width}.webp`);

  return {
    getPath,
    getThumbnailPath,
    receive: async (chunks, maxBytes) => {
      await mkdir(partial, { recursive: true, mode: 0o700 });
      const path = join(partial, randomUUID());
      try {
        return { path, ...(await write(path, chunks, maxBytes)) };
      } catch (error) {
        await rm(path, { force: true });
        throw error;
      }
    },
    keep: async (received, image) => {
      await mkdir(join(getPath(image), '..'), { recursive: true, mode: 0o700 });
      await rename(received.path, getPath(image));
      await syncDirectory(join(getPath(image), '..'));
    },
    discard: ({ path }) => rm(path, { force: true }),
    remove: async (image) => {
      const files = [getPath(image), ...THUMBNAIL_WIDTHS.map((width) => getThumbnailPath(image, width))];
      for (const file of files) await rm(file, { force: true });
    },
    isIntact: async (image) => {
      const path = getPath(image);
      if (!(await isFile(path))) return false;
      const hash = createHash('sha256');
      await pipeline(createReadStream(path), hash);
      return hash.digest('hex') === image.sha256;
    },
    sweep: () => rm(partial, { recursive: true, force: true }),
  };
}

async function write(path: string, chunks: AsyncIterable<Uint8Array>, maxBytes: number) {
  const hash = createHash('sha256');
  let bytes = 0;
  const file = await open(path, 'wx', 0o600);
  try {
    for await (const chunk of chunks) {
      bytes += chunk.byteLength;
      if (bytes > maxBytes) throw new ImageFailure(`larger than ${maxBytes} bytes`);
      hash.update(chunk);
      await file.writeFile(chunk);
    }
    if (bytes === 0) throw new ImageFailure('empty');
    await file.sync();
  } finally {
    await file.close();
  }
  return { sha256: hash.digest('hex'), bytes };
}

/** So that the name survives a power cut as well. Not every platform can; there the file system sees to it. */
async function syncDirectory(directory: string): Promise<void> {
  if (process.platform === 'win32') return;
  const handle = await open(directory, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

async function isFile(path: string): Promise<boolean> {
  try {
    return (await stat(path)).isFile();
  } catch (error) {
    if (hasErrorCode(error, 'ENOENT')) return false;
    throw error;
  }
}
