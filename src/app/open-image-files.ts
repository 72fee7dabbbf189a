/** The images and all files of the archive, for commands: where the settings say that they are. */
import { createBucketImages } from '../archive/bucket-images.ts';
import { createImageFiles, type ImageFiles } from '../archive/files.ts';
import { createFolderImages } from '../archive/folder-images.ts';
import type { ImageStorage } from '../archive/image-storage.ts';
import { createReceivedFiles } from '../archive/received-files.ts';
import type { Config } from '../config/config.ts';
import type { BucketAddress } from '../config/object-store.ts';
import { systemClock } from '../lib/clock.ts';

export async function openImageFiles(config: Config): Promise<ImageFiles> {
  return createImageFiles(config.dataDir, await openImageStorage(config, config.imageStore ?? 'folder'));
}

/** @param at a bucket, whatever the settings say, or the data directory */
export async function openImageStorage(config: Config, at: BucketAddress | 'folder'): Promise<ImageStorage> {
  if (at === 'folder') return createFolderImages(config.dataDir);
  // Loaded late: few mirrors have one, and it would delay every short command.
  const { openBucket } = await import('./open-bucket.ts');
  const objects = openBucket(config, { clock: systemClock, random: Math.random }, at);
  return createBucketImages(objects, createReceivedFiles(config.dataDir));
}
