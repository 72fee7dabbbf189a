/** sharp, configured for untrusted files: one thread per image, no cache of files that may change. */
import sharp, { type OutputInfo, type Sharp } from 'sharp';
import { MAX_FRAME_PIXELS } from './limits.ts';

sharp.concurrency(1);
sharp.cache(false);

/** A decoded image: 8 bits a channel, row by row. */
export interface Pixels {
  readonly data: Buffer;
  readonly info: OutputInfo;
}

/** Opens an image with its EXIF orientation applied; of an animation, the first frame. */
export function openImage(bytes: Buffer): Sharp {
  return sharp(bytes, { limitInputPixels: MAX_FRAME_PIXELS, failOn: 'truncated' }).autoOrient();
}

/** Opens some frames of an animation, as one tall image that sharp treats frame by frame. */
export function openFrames(bytes: Buffer, first: number, count: number): Sharp {
  // The limit would apply to the tall image; limits.ts bounds it.
  return sharp(bytes, { limitInputPixels: false, failOn: 'truncated', page: first, pages: count });
}

/** Opens an image that is decoded already. */
export function openPixels({ data, info: { width, height, channels } }: Pixels): Sharp {
  return sharp(data, { raw: { width, height, channels } });
}
