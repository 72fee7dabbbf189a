/** Inspects an image file by its content. Decoders are loaded lazily: they take a third of the startup time. */
import { rgbaToThumbHash } from 'thumbhash';
import type { ArchivedImage } from '../store/contract/images.ts';
import { ImageFailure } from './failure.ts';
import { normalizeMediaType } from './formats.ts';

/** thumbhash accepts at most 100 × 100 pixels. */
const THUMBHASH_SIZE = 100;

/**
 * Decodes the whole image, so that truncated files are detected.
 * @throws ImageFailure if its format is not archived, it is damaged, or it has too many pixels
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
