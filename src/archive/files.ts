/** All files of the archive: the images, those that are being received, and the thumbnails. */
import { createFolderImages, removeFile } from './folder-images.ts';
import type { ImageStorage } from './image-storage.ts';
import { createReceivedFiles, type ReceivedFiles } from './received-files.ts';
import { createThumbnailFiles, type ThumbnailFiles } from './thumbnail-files.ts';

export interface ImageFiles extends ImageStorage, Omit<ReceivedFiles, 'sweep'> {
  readonly thumbnails: ThumbnailFiles;
  /** Deletes what a crash left unfinished. */
  sweep(): Promise<void>;
}

export function createImageFiles(dataDir: string): ImageFiles {
  const images = createFolderImages(dataDir);
  const received = createReceivedFiles(dataDir);
  const thumbnails = createThumbnailFiles(dataDir);
  return {
    ...images,
    ...received,
    thumbnails,
    /** With its thumbnails. */
    remove: async (image) => {
      await images.remove(image);
      for (const path of thumbnails.listPaths(image)) await removeFile(path);
    },
    sweep: async () => {
      await received.sweep();
      await thumbnails.sweep();
    },
  };
}
