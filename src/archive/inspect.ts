/** Inspects a file by its content. Decoders are loaded lazily: they take a third of the startup time. */
import { rgbaToThumbHash } from 'thumbhash';
import type { ArchivedImage } from '../store/contract/images.ts';
import type { Artifact } from '../task/artifacts.ts';
import { ImageFailure } from './failure.ts';
import { normalizeMediaType } from './formats.ts';

type Inspected = Omit<ArchivedImage, 'sha256' | 'bytes'>;

/** thumbhash accepts at most 100 × 100 pixels. */
const THUMBHASH_SIZE = 100;

/** @throws ImageFailure if its format is not archived, it is damaged, or it has too many pixels */
export async function inspectArtifact(path: string, artifact: Artifact): Promise<Inspected> {
  const { fileTypeFromFile } = await import('file-type');
  const mediaType = normalizeMediaType(artifact.kind, (await fileTypeFromFile(path))?.mime);
  if (artifact.kind === 'images') {
    if (mediaType === undefined) throw new ImageFailure('not a PNG, JPEG, WebP, GIF or AVIF image');
    return { mediaType, ...(await decodeImage(path)) };
  }
  if (mediaType === undefined) throw new ImageFailure('not an MP4 or WebM video');
  // Videos are not decoded, so the size is that of the task document.
  return { mediaType, width: artifact.width, height: artifact.height, thumbhash: undefined };
}

/** Decodes the whole image, so that truncated files are detected. */
async function decodeImage(path: string): Promise<Pick<Inspected, 'width' | 'height' | 'thumbhash'>> {
  const { openImage } = await import('./pixels.ts');
  try {
    const { autoOrient } = await openImage(path).metadata();
    const { data, info } = await openImage(path)
      .resize(THUMBHASH_SIZE, THUMBHASH_SIZE, { fit: 'inside' })
      .toColourspace('srgb')
      .ensureAlpha()
      .raw()
      .toBuffer({ resolveWithObject: true });
    return {
      width: autoOrient.width,
      height: autoOrient.height,
      thumbhash: rgbaToThumbHash(info.width, info.height, data),
    };
  } catch (cause) {
    const isTooLarge = cause instanceof Error && /pixel limit/i.test(cause.message);
    throw new ImageFailure(isTooLarge ? 'too many pixels' : 'damaged or cut off', { cause });
  }
}
