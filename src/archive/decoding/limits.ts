/** How much an image may take when it is decoded, judged by its header: a small file can decode to gigabytes. */
import { ImageFailure } from '../failure.ts';

/** What the header of an image says. */
export interface ImageHeader {
  readonly mediaType: string;
  /** Pixels of one frame. */
  readonly width: number;
  readonly height: number;
  readonly frames: number;
  readonly channels: number;
  readonly bytesPerChannel: number;
  /** Its pixels arrive in several passes (an interlaced PNG, a progressive JPEG), so it is decoded as a whole. */
  readonly isInterlaced: boolean;
  /** EXIF wants it turned or mirrored, which also needs the whole. */
  readonly isTurned: boolean;
}

export const MAX_FRAME_PIXELS = 100_000_000;
/** All frames together; bounds the time. */
const MAX_DECODED_BYTES = 1024 ** 3;
/** In memory at once; bounds the memory. */
const MAX_RESIDENT_BYTES = 256 * 1024 ** 2;
const MAX_BYTES_OF_FRAMES = MAX_RESIDENT_BYTES / 2;

/** @throws ImageFailure */
export function checkDecodedSize(header: ImageHeader): void {
  const { width, height, frames, channels, bytesPerChannel } = header;
  if (width * height > MAX_FRAME_PIXELS) throw new ImageFailure('too many pixels');
  if (width * height * frames * channels * bytesPerChannel > MAX_DECODED_BYTES)
    throw new ImageFailure(`larger than ${MAX_DECODED_BYTES} bytes when decoded`);
  if (estimateResidentBytes(header) > MAX_RESIDENT_BYTES)
    throw new ImageFailure(`needs more than ${MAX_RESIDENT_BYTES} bytes of memory to be decoded`);
}

/** How many frames of an animation may be decoded in one go: those with transparency stay in memory together. */
export function countFramesAtOnce({ width, height, channels, bytesPerChannel }: ImageHeader): number {
  return Math.max(1, Math.floor(MAX_BYTES_OF_FRAMES / (width * height * channels * bytesPerChannel)));
}

/** Working memory of the decoders, as measured: a few rows where an image can be decoded from top to bottom. */
function estimateResidentBytes(header: ImageHeader): number {
  const { mediaType, width, height, frames, channels, bytesPerChannel, isInterlaced, isTurned } = header;
  const pixels = width * height;
  const whole = pixels * channels * bytesPerChannel;
  const turned = isTurned ? whole : 0;
  switch (mediaType) {
    case 'image/png':
      return Math.max(turned, isInterlaced ? whole : 0);
    case 'image/jpeg':
      // A progressive JPEG is kept as coefficients of two bytes.
      return turned + (isInterlaced ? 2 * whole : 0);
    case 'image/avif':
      // Planes, reference frames and the converted picture.
      return turned + pixels * 16 * bytesPerChannel;
    default:
      // WebP and GIF: four bytes per pixel, and the frame before it.
      return turned + pixels * (frames > 1 ? 8 : 4);
  }
}
