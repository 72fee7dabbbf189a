/** Opens archived images whose bytes are those of their name: each is read once, and again when it has changed. */
import { createHash } from 'node:crypto';
import { pipeline } from 'node:stream/promises';
import { createFlights } from '../lib/single-flight.ts';
import type { ByteRange, ImageContent, ImageStorage, NamedImage } from './image-storage.ts';

export interface IntactImages {
  /** @returns undefined if it is missing or damaged @throws as the storage does */
  open(image: NamedImage, range: ByteRange): Promise<ImageContent | undefined>;
  /** Whether `open` would find it. @throws as the storage does */
  exists(image: NamedImage): Promise<boolean>;
}

/** It may have been replaced since it was read. */
const MAX_ATTEMPTS = 2;

export function createIntactImages(images: Pick<ImageStorage, 'open' | 'stat'>): IntactImages {
  /** Versions that this process has read, by hash. */
  const verified = new Map<string, string>();
  const reading = createFlights<string, string | undefined>();

  const verify = async (image: NamedImage): Promise<string | undefined> => {
    const version = await verifyImage(images, image);
    if (version !== undefined) verified.set(image.sha256, version);
    return version;
  };
  /** The version whose bytes are those of the name, if there is one. Concurrent calls share one reading. */
  const findVersion = async (image: NamedImage): Promise<string | undefined> =>
    verified.get(image.sha256) ?? reading.get(image.sha256) ?? reading.add(image.sha256, verify(image));

  return {
    open: async (image, range) => {
      for (let attempt = 0; attempt < MAX_ATTEMPTS; attempt += 1) {
        const version = await findVersion(image);
        const content = version === undefined ? undefined : await images.open(image, range);
        if (!content || content.version === version) return content;
        await content.close();
        verified.delete(image.sha256);
      }
      return undefined;
    },
    exists: async (image) => {
      const stat = await images.stat(image);
      if (!stat) return false;
      if (verified.get(image.sha256) !== stat.version) verified.delete(image.sha256);
      return (await findVersion(image)) === stat.version;
    },
  };
}

/** Reads all of an image. @returns its version if its bytes are those of its name, else undefined @throws as the storage does */
export async function verifyImage(
  images: Pick<ImageStorage, 'open'>,
  image: NamedImage,
): Promise<string | undefined> {
  const content = await images.open(image);
  if (!content) return undefined;
  const hash = createHash('sha256');
  await pipeline(content.stream(), hash);
  return hash.digest('hex') === image.sha256 ? content.version : undefined;
}
