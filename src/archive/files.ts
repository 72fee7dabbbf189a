/**
 * The image files, named by the SHA-256 of their bytes: `images/ab/abcd….png`. A file under its final name is always
 * complete: bytes are written to a temporary file and fsynced before it is renamed.
 */
import { createHash, randomUUID } from 'node:crypto';
import { open, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { hasErrorCode } from '../lib/errno.ts';
import type { ArchivedImage } from '../store/contract/images.ts';
import { createChunkWriter } from './chunk-writer.ts';
import { ImageFailure } from './failure.ts';
import { getExtension, getMediaType } from './formats.ts';
import {
  createFolder,
  explainRenameFailure,
  fileExists,
  isNoFile,
  listFiles,
  type OpenFile,
  openFile,
} from './open-file.ts';
import { createThumbnailFiles, type ThumbnailFiles } from './thumbnail-files.ts';

/** A complete temporary file, not yet under its final name. */
export interface ReceivedFile {
  readonly path: string;
  readonly sha256: string;
  readonly bytes: number;
}

export type NamedImage = Pick<ArchivedImage, 'sha256' | 'mediaType'>;

export interface ImageFiles {
  getPath(image: NamedImage): string;
  readonly thumbnails: ThumbnailFiles;
  /** Writes bytes to a temporary file. @throws ImageFailure if there are none, or more than `maxBytes` */
  receive(chunks: AsyncIterable<Uint8Array>, maxBytes: number): Promise<ReceivedFile>;
  /** Moves a received file to its final name; identical bytes are stored once. */
  store(received: ReceivedFile, image: NamedImage): Promise<void>;
  discard(received: ReceivedFile): Promise<void>;
  /** Deletes an image and its thumbnails. */
  remove(image: NamedImage): Promise<void>;
  getName(image: NamedImage): string;
  /** The names of the files in one folder. @param prefix the first two digits of their hashes */
  list(prefix: string): Promise<ReadonlySet<string>>;
  exists(image: NamedImage): Promise<boolean>;
  /** Whether the file exists and its bytes match its hash. */
  isIntact(image: NamedImage): Promise<boolean>;
  /** SHA-256 of an open file, as in its name. */
  hash(file: OpenFile): Promise<string>;
  /** Deletes partial files left by a crash. */
  sweep(): Promise<void>;
}

/** The image at a path relative to the data directory, with `/` on every platform; undefined if it is no path of an image. */
export function parseImagePath(path: string): NamedImage | undefined {
  const [, folder, sha256 = '', extension = ''] =
    /^images\/([0-9a-f]{2})\/([0-9a-f]{64})\.([a-z0-9]+)$/.exec(path) ?? [];
  const mediaType = getMediaType(extension);
  return mediaType !== undefined && sha256.slice(0, 2) === folder ? { sha256, mediaType } : undefined;
}

export function createImageFiles(dataDir: string): ImageFiles {
  const partial = join(dataDir, 'images', 'partial');
  const getName = ({ sha256, mediaType }: NamedImage) => `${sha256}.${getExtension(mediaType)}`;
  const getFolder = (prefix: string) => join(dataDir, 'images', prefix);
  const getPath = (image: NamedImage) => join(getFolder(image.sha256.slice(0, 2)), getName(image));
  const thumbnails = createThumbnailFiles(dataDir);

  return {
    getPath,
    thumbnails,
    receive: async (chunks, maxBytes) => {
      await createFolder(partial);
      const path = join(partial, randomUUID());
      try {
        return { path, ...(await writeFile(path, chunks, maxBytes)) };
      } catch (error) {
        await rm(path, { force: true });
        throw error;
      }
    },
    store: async (received, image) => {
      await createFolder(dirname(getPath(image)));
      await rename(received.path, getPath(image)).catch(explainRenameFailure);
      await syncDirectory(dirname(getPath(image)));
    },
    discard: ({ path }) => rm(path, { force: true }),
    remove: async (image) => {
      for (const path of [getPath(image), ...thumbnails.listPaths(image)]) await removeFile(path);
    },
    getName,
    list: (prefix) => listFiles(getFolder(prefix)),
    exists: (image) => fileExists(getPath(image)),
    isIntact: async (image) => {
      const file = await openFile(getPath(image));
      if (!file) return false;
      try {
        return (await hash(file)) === image.sha256;
      } finally {
        await file.handle.close();
      }
    },
    hash,
    sweep: async () => {
      await rm(partial, { recursive: true, force: true });
      await thumbnails.sweep();
    },
  };
}

async function writeFile(path: string, chunks: AsyncIterable<Uint8Array>, maxBytes: number) {
  const hash = createHash('sha256');
  let bytes = 0;
  const file = await open(path, 'wx', 0o600);
  const writer = createChunkWriter(file);
  try {
    for await (const chunk of chunks) {
      bytes += chunk.byteLength;
      if (bytes > maxBytes) throw new ImageFailure(`larger than ${maxBytes} bytes`);
      hash.update(chunk);
      await writer.write(chunk);
    }
    if (bytes === 0) throw new ImageFailure('empty');
    await writer.flush();
    await file.sync();
  } finally {
    await file.close();
  }
  return { sha256: hash.digest('hex'), bytes };
}

/** Makes the rename survive a power failure. Windows can't fsync directories; there it is up to the file system. */
async function syncDirectory(directory: string): Promise<void> {
  if (process.platform === 'win32') return;
  const handle = await open(directory, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

async function hash({ handle }: OpenFile): Promise<string> {
  const hashing = createHash('sha256');
  await pipeline(handle.createReadStream({ start: 0, autoClose: false }), hashing);
  return hashing.digest('hex');
}

/** Leaves alone what is not a file. */
async function removeFile(path: string): Promise<void> {
  try {
    await rm(path, { force: true });
  } catch (error) {
    if (!isNoFile(error) && !hasErrorCode(error, 'ERR_FS_EISDIR')) throw error;
  }
}
