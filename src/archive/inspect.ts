/** What an image file is, by its content. What decodes is loaded with the first image: it is a third of a start's time. */
import { rgbaToThumbHash } from 'thumbhash';
import type { ArchivedImage } from '../store/contract/images.ts';
import { ImageFailure } from './failure.ts';
import { normalizeMediaType } from './formats.ts';

/** thumbhash takes pictures of up to 100 × 100. */
const THUMBHASH_SIZE = 100;

/**
 * Reads the whole image, so what passes is complete.
 * @throws ImageFailure when it is of no kind that is kept, damaged, or too large in pixels
 */
export async function inspectImage(path: string): Promise<Omit<ArchivedImage, 'sha256' | 'bytes'>> {
  const [{ fileTypeFromFile }, { openImage }] = await Promise.all([
    import('file-type'),
    import('./pixels.ts'),
  ]);
  const mediaType = normalizeMediaType((await fileTypeFromFile(path))?.mime);
  if (mediaType === undefined) throw new ImageFailure('not a PNG, JPEG, WebP, GIF or AVIF image');
  try {
    const { autoOrient } = await openImage(path).metadata();
    const { data, info } = await openImage(path)
      .resize(THUMBHASH_SIZE, THUMBHASH_SIZE, { fit: 'inside' })
      .toColourspace('srgb')
      .ensureAlpha()
      .raw()
      .toBuffer({ resolveWithObject: true });
    return {
      mediaType,
      width: autoOrient.width,
      height: autoOrient.height,
      thumbhash: rgbaToThumbHash(info.width, info.height, data),
    };
  } catch (cause) {
    const isTooLarge = cause instanceof Error && /pixel limit/i.test(cause.message);
    throw new ImageFailure(isTooLarge ? 'too many pixels' : 'damaged or cut off', { cause });
  }
}
