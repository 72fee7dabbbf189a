/** Decodes a whole image, every frame of it, and reads its properties. */
import type { Sharp } from 'sharp';
import { rgbaToThumbHash } from 'thumbhash';
import { describeReason, getErrorCode } from '../../lib/errno.ts';
import { ImageFailure } from '../failure.ts';
import { createByteSource, readImageFile } from './byte-source.ts';
import { isComplete } from './completeness.ts';
import { hasSeveralScans } from './jpeg-structure.ts';
import { checkDecodedSize, countFramesAtOnce, type ImageHeader } from './limits.ts';
import { openFrames, openImage, openPixels, type Pixels } from './pixels.ts';
import {
  decodeForThumbnails,
  fitInto,
  type Size,
  shrink,
  type ThumbnailTarget,
  writeThumbnails,
} from './render-thumbnails.ts';

export interface ImageProperties {
  /** Pixels, with its orientation applied. */
  readonly width: number;
  readonly height: number;
  readonly thumbhash: Uint8Array;
}

export interface InspectedImage extends ImageProperties {
  /** Why its thumbnails were not written, or not all of them; undefined if they were. */
  readonly thumbnailError: string | undefined;
}

/** A thumbhash has at most seven waves a side. Of 100 × 100 pixels, its limit, it takes ten times as long. */
const THUMBHASH_BOX = { width: 32, height: 32 } as const;
const BYTES_PER_CHANNEL: Readonly<Record<string, number>> = { uchar: 1, char: 1, ushort: 2, short: 2 };

/**
 * Inspects an image and writes its thumbnails, in one decode. That they can't be written does not fail the image.
 * @throws ImageFailure if it is damaged, cut off, or too large to be decoded; the system's error
 */
export async function inspectImage(
  path: string,
  mediaType: string,
  targets: readonly ThumbnailTarget[],
): Promise<InspectedImage> {
  const bytes = readImageFile(path);
  return explainFailure(async () => {
    const { header, size } = await readCheckedHeader(bytes, mediaType);
    if (!isComplete(createByteSource(bytes), mediaType)) throw new ImageFailure('damaged or cut off');
    const pixels = await decodeForThumbnails(bytes, size, targets);
    const smallest = pixels.at(-1);
    const thumbhash = await computeThumbhash(smallest ? openPixels(smallest) : openImage(bytes), size);
    if (header.frames > 1) await decodeFrames(bytes, header);
    return { ...size, thumbhash, thumbnailError: await tryToWrite(pixels, targets) };
  });
}

async function computeThumbhash(image: Sharp, size: Size): Promise<Uint8Array> {
  const { data, info } = await shrink(image.ensureAlpha(), fitInto(size, THUMBHASH_BOX));
  return rgbaToThumbHash(info.width, info.height, data);
}

/** @returns why the system could not write them; undefined if it could */
async function tryToWrite(
  pixels: readonly Pixels[],
  targets: readonly ThumbnailTarget[],
): Promise<string | undefined> {
  try {
    await writeThumbnails(pixels, targets);
    return undefined;
  } catch (error) {
    if (getErrorCode(error) === undefined) throw error;
    return describeReason(error);
  }
}

async function decodeFrames(bytes: Buffer, header: ImageHeader): Promise<void> {
  const atOnce = countFramesAtOnce(header);
  for (let first = 0; first < header.frames; first += atOnce) {
    const count = Math.min(atOnce, header.frames - first);
    // One pixel of each is enough to have them decoded.
    await openFrames(bytes, first, count).resize(1, 1, { fit: 'fill' }).raw().toBuffer();
  }
}

/** Writes thumbnails of an archived image. @throws ImageFailure, the system's error */
export async function renderThumbnails(
  path: string,
  mediaType: string,
  targets: readonly ThumbnailTarget[],
): Promise<void> {
  const bytes = readImageFile(path);
  const pixels = await explainFailure(async () => {
    const { size } = await readCheckedHeader(bytes, mediaType);
    return decodeForThumbnails(bytes, size, targets);
  });
  await writeThumbnails(pixels, targets);
}

async function readCheckedHeader(bytes: Buffer, mediaType: string) {
  const { width, height, autoOrient, pages, channels, depth, isProgressive, orientation } =
    await openImage(bytes).metadata();
  const header = {
    mediaType,
    width,
    height,
    frames: pages ?? 1,
    channels,
    bytesPerChannel: BYTES_PER_CHANNEL[depth] ?? 4,
    isInterlaced: isProgressive || (mediaType === 'image/jpeg' && hasSeveralScans(bytes)),
    isTurned: orientation !== undefined && orientation > 1,
  };
  checkDecodedSize(header);
  return { header, size: { width: autoOrient.width, height: autoOrient.height } };
}

async function explainFailure<T>(decode: () => Promise<T>): Promise<T> {
  try {
    return await decode();
  } catch (cause) {
    if (cause instanceof ImageFailure) throw cause;
    const isTooLarge = cause instanceof Error && /pixel limit/i.test(cause.message);
    throw new ImageFailure(isTooLarge ? 'too many pixels' : 'damaged or cut off', { cause });
  }
}
