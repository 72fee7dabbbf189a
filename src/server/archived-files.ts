/** Opens files of the archive for callers: never a damaged one, which is fetched again if its link still works. */
import { ImageFailure } from '../archive/failure.ts';
import type { OpenFile } from '../archive/open-file.ts';
import { ApiError } from '../lib/api-error.ts';
import type { KnownImage } from '../store/contract/images.ts';
import type { ServerDeps } from './deps.ts';

export interface ArchivedFiles {
  /** @throws ApiError 404 */
  openIntact(image: KnownImage): Promise<OpenFile>;
  /** Makes it if it is missing. @throws ApiError 404 */
  openThumbnail(image: KnownImage, width: number): Promise<OpenFile>;
}

export type ArchivedFilesDeps = Pick<ServerDeps, 'store' | 'archive' | 'clock' | 'log'>;

export function createArchivedFiles({ store, archive, clock, log }: ArchivedFilesDeps): ArchivedFiles {
  const openIntact = async (image: KnownImage): Promise<OpenFile> => {
    const { sha256 } = image;
    const file = await archive.intactFiles.open(image);
    if (file) {
      // Someone put it back.
      if (image.isMissing) await store.recordFoundImages([sha256]);
      return file;
    }
    if ((await store.recordMissingImages([sha256], clock.now())) > 0) {
      log.error(
        { sha256 },
        'an archived image is damaged or missing; it will be fetched again if its link still works',
      );
    }
    throw createImageNotFound();
  };

  const openThumbnail = async (image: KnownImage, width: number): Promise<OpenFile> => {
    // One that exists was made of the right bytes, which need not be read again.
    const existing = image.isMissing ? undefined : await archive.thumbnails.find(image, width);
    if (existing) return existing;
    await (await openIntact(image)).handle.close();
    try {
      return await archive.thumbnails.open(image, width);
    } catch (error) {
      if (error instanceof ImageFailure)
        throw new ApiError(404, 'not_found', `this image has no thumbnail: ${error.message}`);
      throw error;
    }
  };

  return { openIntact, openThumbnail };
}

export function createImageNotFound(): ApiError {
  return new ApiError(404, 'not_found', 'this image is not in the archive');
}
