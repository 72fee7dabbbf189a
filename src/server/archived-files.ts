/** Opens files of the archive for callers: never a damaged one, which is fetched again if its link still works. */
import { ImageFailure } from '../archive/failure.ts';
import { createFileContent } from '../archive/file-content.ts';
import { type ByteRange, type ImageContent, ImageMissing } from '../archive/image-storage.ts';
import type { OpenFile } from '../archive/open-file.ts';
import { ApiError } from '../lib/api-error.ts';
import type { KnownImage } from '../store/contract/images.ts';
import type { ServerDeps } from './deps.ts';
import type { SendableFile } from './send-file.ts';

export interface ArchivedFiles {
  /** Opening or checking it throws ApiError 404 if it is missing or damaged. */
  findIntact(image: KnownImage): SendableFile;
  /** Makes it if it is missing. @throws ApiError 404 */
  openThumbnail(image: KnownImage, width: number): Promise<OpenFile>;
  /** As `openThumbnail`. */
  findThumbnail(image: KnownImage, width: number): Promise<SendableFile>;
}

export type ArchivedFilesDeps = Pick<ServerDeps, 'store' | 'archive' | 'clock' | 'log'>;

export function createArchivedFiles({ store, archive, clock, log }: ArchivedFilesDeps): ArchivedFiles {
  const { intactImages, thumbnails } = archive;

  const recordMissing = async ({ sha256 }: KnownImage): Promise<void> => {
    if ((await store.recordMissingImages([sha256], clock.now())) > 0) {
      log.error(
        { sha256 },
        'an archived image is damaged or missing; it will be fetched again if its link still works',
      );
    }
  };
  /** @throws ApiError 404 */
  const failMissing = async (image: KnownImage): Promise<never> => {
    await recordMissing(image);
    throw createImageNotFound();
  };
  /** Someone may have put it back. */
  const recordFound = async ({ sha256, isMissing }: KnownImage): Promise<void> => {
    if (isMissing) await store.recordFoundImages([sha256]);
  };
  const openIntact = async (image: KnownImage, range: ByteRange): Promise<ImageContent> => {
    const content = (await intactImages.open(image, range)) ?? (await failMissing(image));
    await recordFound(image);
    return content;
  };
  const check = async (image: KnownImage): Promise<void> => {
    if (!(await intactImages.exists(image))) await failMissing(image);
    await recordFound(image);
  };

  const openThumbnail = async (image: KnownImage, width: number): Promise<OpenFile> => {
    // One that exists was made of the right bytes, which need not be read again.
    if (image.isMissing) await check(image);
    try {
      return await thumbnails.open(image, width);
    } catch (error) {
      if (error instanceof ImageFailure)
        throw new ApiError(404, 'not_found', `this image has no thumbnail: ${error.message}`);
      if (!(error instanceof ImageMissing)) throw error;
      return failMissing(image);
    }
  };

  return {
    findIntact: (image) => ({
      size: image.bytes,
      open: (range) => openIntact(image, range),
      check: () => check(image),
    }),
    openThumbnail,
    findThumbnail: async (image, width) => describeOpenFile(await openThumbnail(image, width)),
  };
}

function describeOpenFile(file: OpenFile): SendableFile {
  return {
    size: file.stats.size,
    open: async (range) => createFileContent(file, range),
    check: () => file.handle.close(),
  };
}

export function createImageNotFound(): ApiError {
  return new ApiError(404, 'not_found', 'this image is not in the archive');
}
