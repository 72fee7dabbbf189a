/** Renders thumbnails as WebP, from one decode of the image. */
import { writeFileSync } from 'node:fs';
import type { Sharp } from 'sharp';
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

/** Effort of 0 to 6: from 2 on, a file gets 4 % smaller in more than twice the time. */
const WEBP = { quality: 80, effort: 2 } as const;
/** Of tall images, in pixels. WebP allows 16,383. */
const MAX_HEIGHT = 4096;

/**
 * Decodes an image at the sizes of these thumbnails, the widest first: each is made from the one before.
 * @param size of the image, with its orientation applied
 */
export async function decodeForThumbnails(
  bytes: Buffer,
  size: Size,
  targets: readonly ThumbnailTarget[],
): Promise<readonly Pixels[]> {
  const all: Pixels[] = [];
  for (const { width } of sortByWidth(targets)) {
    const last = all.at(-1);
    // Computed from the original: sizes rounded twice could differ from those of a thumbnail that is made alone.
    const box = fitInto(size, { width, height: MAX_HEIGHT });
    all.push(await shrink(last ? openPixels(last) : openImage(bytes), box));
  }
  return all;
}

/** Decodes to a size that must not be larger. */
export function shrink(image: Sharp, size: Size): Promise<Pixels> {
  return image
    .resize({ ...size, fit: 'fill' })
    .toColourspace('srgb')
    .raw()
    .toBuffer({ resolveWithObject: true });
}

/**
 * Not synced to disk: what a power cut leaves empty is rendered again.
 * @param pixels as `decodeForThumbnails` returns them @throws the system's error
 */
export async function writeThumbnails(
  pixels: readonly Pixels[],
  targets: readonly ThumbnailTarget[],
): Promise<void> {
  for (const [at, { path }] of sortByWidth(targets).entries()) {
    const image = pixels[at];
    if (image)
      writeFileSync(path, await openPixels(image).webp(WEBP).toBuffer(), { flag: 'wx', mode: 0o600 });
  }
}

function sortByWidth(targets: readonly ThumbnailTarget[]): ThumbnailTarget[] {
  return [...targets].sort((a, b) => b.width - a.width);
}

/** The largest size of the same ratio that fits, but no larger than it is. */
export function fitInto({ width, height }: Size, box: Size): Size {
  const scale = Math.min(1, box.width / width, box.height / height);
  return { width: Math.max(1, Math.round(width * scale)), height: Math.max(1, Math.round(height * scale)) };
}
