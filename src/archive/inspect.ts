/** What an archived file is, by its content. What decodes is loaded with the first image: it is a third of a start's time. */
import { rgbaToThumbHash } from 'thumbhash';
import type { ArchivedImage } from '../store/contract/images.ts';
import type { Artifact } from '../task/artifacts.ts';
import { ImageFailure } from './failure.ts';
import { normalizeMediaType } from './formats.ts';

type Inspected = Omit<ArchivedImage, 'sha256' | 'bytes'>;

/** thumbhash takes pictures of up to 100 × 100. */
const THUMBHASH_SIZE = 100;

/** @throws ImageFailure when the file is of no format that is archived, damaged, or too large in pixels */
export async function inspectArtifact(path: string, artifact: Artifact): Promise<Inspected> {
  const { fileTypeFromFile } = await import('file-type');
  const mediaType = normalizeMediaType(artifact.kind, (await fileTypeFromFile(path))?.mime);
  if (artifact.kind === 'images') {
    if (mediaType === undefined) throw new ImageFailure('not a PNG, JPEG, WebP, GIF or AVIF image');
    return { mediaType, ...(await decodeImage(path)) };
  }
  if (mediaType === undefined) throw new ImageFailure('not an MP4 or WebM video');
  // Nothing here decodes video: its size is what the task says.
  return { mediaType, width: artifact.width, height: artifact.height, thumbhash: undefined };
}

/** Reads the whole image, so what passes is complete. */
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
