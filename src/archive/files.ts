/** All files of the archive: the images, those that are being received, and the thumbnails. */
import { createFolderImages, removeFile } from './folder-images.ts';
import type { ImageStorage, NamedImage } from './image-storage.ts';
import { createReceivedFiles, type ReceivedFiles } from './received-files.ts';
import { createThumbnailFiles, type ThumbnailFiles } from './thumbnail-files.ts';

export interface ImageFiles extends ImageStorage, Omit<ReceivedFiles, 'sweep'> {
  readonly thumbnails: ThumbnailFiles;
  /** With its thumbnails. */
  remove(image: NamedImage): Promise<void>;
  /** Deletes what a crash left unfinished. */
  sweep(): Promise<void>;
}

/** @param images where they are, if not in the data directory as well */
export function createImageFiles(dataDir: string, images?: ImageStorage): ImageFiles {
  const folder = createFolderImages(dataDir);
  const received = createReceivedFiles(dataDir);
  const thumbnails = createThumbnailFiles(dataDir);
  return {
    ...(images ?? folder),
    ...received,
    thumbnails,
    remove: async (image) => {
      await images?.remove(image);
      // Also what a move to a bucket has left there.
      await folder.remove(image);
      for (const path of thumbnails.listPaths(image)) await removeFile(path);
    },
    sweep: async () => {
      await received.sweep();
      await thumbnails.sweep();
    },
  };
}
