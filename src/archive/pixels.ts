/** sharp, set up for a server: one thread an image, no cache of files that may change, no bombs of pixels. */
import sharp, { type Sharp } from 'sharp';

sharp.concurrency(1);
sharp.cache(false);

const MAX_PIXELS = 100_000_000;

/** An image as it is meant to be seen (its EXIF orientation applied). Of an animation, the first picture. */
export function openImage(path: string): Sharp {
  return sharp(path, { limitInputPixels: MAX_PIXELS, failOn: 'truncated' }).autoOrient();
}
