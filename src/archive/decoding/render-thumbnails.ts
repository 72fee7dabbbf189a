/** Renders thumbnails as WebP. An image is decoded once, at the size of the widest; the others are made from that. */
import { writeFileSync } from 'node:fs';
import { openImage, openPixels, type Pixels } from './pixels.ts';

/** Pixels. */
export interface Size {
  readonly width: number;
  readonly height: number;
}

/** A thumbnail to be written. */
export interface ThumbnailTarget {
  /** Path of its file, which must not exist yet. */
  readonly path: string;
  /** Pixels; never wider than the image. */
  readonly width: number;
}

const QUALITY = 80;
/** Of tall images, in pixels. WebP allows 16,383. */
const MAX_HEIGHT = 4096;

/** Decodes an image at a size that serves all these thumbnails. @param size of the image, with its orientation applied */
export function decodeForThumbnails(
  bytes: Buffer,
  size: Size,
  targets: readonly ThumbnailTarget[],
): Promise<Pixels> {
  const widest = Math.max(...targets.map(({ width }) => width));
  return shrinkTo(bytes, computeSize(size, widest));
}

/** Decodes an image in another size, which must be smaller. */
export function shrinkTo(bytes: Buffer, size: Size): Promise<Pixels> {
  return openImage(bytes)
    .resize({ ...size, fit: 'fill' })
    .toColourspace('srgb')
    .raw()
    .toBuffer({ resolveWithObject: true });
}

/** Not synced to disk: what a power cut leaves empty is rendered again. @throws the system's error */
export async function writeThumbnails(
  pixels: Pixels,
  size: Size,
  targets: readonly ThumbnailTarget[],
): Promise<void> {
  for (const { path, width } of targets) {
    const webp = await openPixels(pixels)
      // Computed from the original: sizes rounded twice could differ from those of a thumbnail that is made alone.
      .resize({ ...computeSize(size, width), fit: 'fill' })
      .webp({ quality: QUALITY })
      .toBuffer();
    writeFileSync(path, webp, { flag: 'wx', mode: 0o600 });
  }
}

function computeSize(size: Size, width: number): Size {
  return fitInto(size, { width, height: MAX_HEIGHT });
}

/** The largest size of the same ratio that fits, but no larger than it is. */
export function fitInto({ width, height }: Size, box: Size): Size {
  const scale = Math.min(1, box.width / width, box.height / height);
  return { width: Math.max(1, Math.round(width * scale)), height: Math.max(1, Math.round(height * scale)) };
}
