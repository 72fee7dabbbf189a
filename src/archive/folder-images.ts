/**
 * Images as files of the data directory, named by the SHA-256 of their bytes: `images/ab/abcd….png`. A file under its final name is
 * always complete: it was received elsewhere, and is moved there.
 */
import { open, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { hasErrorCode } from '../lib/errno.ts';
import { createFileContent, describeVersion } from './file-content.ts';
import { getImageKey, type ImageContent, ImageMissing, type ImageStorage } from './image-storage.ts';
import { verifyImage } from './intact-images.ts';
import {
  createFolder,
  explainRenameFailure,
  isNoFile,
  listFiles,
  type OpenFile,
  openFile,
  statFile,
} from './open-file.ts';

export function createFolderImages(dataDir: string): ImageStorage {
  const locate: ImageStorage['locate'] = (image) => join(dataDir, getImageKey(image));

  const storage: ImageStorage = {
    locate,
    stat: async (image) => {
      const stats = await statFile(locate(image));
      return stats && { bytes: stats.size, version: describeVersion(stats) };
    },
    open: async (image, range) => {
      const file = await openFile(locate(image));
      return file && openContent(file, range);
    },
    withLocalFile: async (image, work) => {
      if ((await verifyImage(storage, image)) === undefined)
        throw new ImageMissing('its file is missing or damaged');
      return work(locate(image));
    },
    store: async (received, image) => {
      const folder = dirname(locate(image));
      await createFolder(folder);
      await rename(received.path, locate(image)).catch(explainRenameFailure);
      await syncDirectory(folder);
    },
    remove: (image) => removeFile(locate(image)),
    list: async (prefix) => {
      const names = await listFiles(join(dataDir, 'images', prefix));
      return new Map([...names].map((name) => [name, undefined]));
    },
    // The disk is watched by the store, which shares it.
    checkAccess: async () => undefined,
    readProblem: () => undefined,
    close: () => undefined,
  };
  return storage;
}

async function openContent(
  file: OpenFile,
  range = { start: 0, end: file.stats.size - 1 },
): Promise<ImageContent | undefined> {
  // Nothing archived is empty.
  if (file.stats.size > 0 && range.end < file.stats.size) return createFileContent(file, range);
  await file.handle.close();
  return undefined;
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

/** Deletes a file; leaves alone what is not a file. */
export async function removeFile(path: string): Promise<void> {
  try {
    await rm(path, { force: true });
  } catch (error) {
    if (!isNoFile(error) && !hasErrorCode(error, 'ERR_FS_EISDIR')) throw error;
  }
}
