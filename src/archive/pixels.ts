/** sharp, configured for a server: one thread per image, no cache of files that may change, no decompression bombs. */
import sharp, { type Sharp } from 'sharp';

sharp.concurrency(1);
sharp.cache(false);

const MAX_PIXELS = 100_000_000;

/** Opens an image with its EXIF orientation applied; of an animation, the first frame. */
export function openImage(path: string): Sharp {
  return sharp(path, { limitInputPixels: MAX_PIXELS, failOn: 'truncated' }).autoOrient();
}
