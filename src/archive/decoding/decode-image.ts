/** Decodes a whole image, every frame of it, and reads its properties. */
import { rgbaToThumbHash } from 'thumbhash';
import { ImageFailure } from '../failure.ts';
import { createByteSource, readImageFile } from './byte-source.ts';
import { isComplete } from './completeness.ts';
import { hasSeveralScans } from './jpeg-structure.ts';
import { checkDecodedSize, countFramesAtOnce, type ImageHeader } from './limits.ts';
import { openFrames, openImage } from './pixels.ts';

export interface ImageProperties {
  /** Pixels, with its orientation applied. */
  readonly width: number;
  readonly height: number;
  readonly thumbhash: Uint8Array;
}

/** thumbhash accepts at most 100 × 100 pixels. */
const THUMBHASH_SIZE = 100;
const BYTES_PER_CHANNEL: Readonly<Record<string, number>> = { uchar: 1, char: 1, ushort: 2, short: 2 };

/** @throws ImageFailure if it is damaged, cut off, or too large to be decoded; the system's error */
export async function inspectImage(path: string, mediaType: string): Promise<ImageProperties> {
  const bytes = readImageFile(path);
  return explainFailure(async () => {
    const { header, width, height } = await readCheckedHeader(bytes, mediaType);
    if (!isComplete(createByteSource(bytes), mediaType)) throw new ImageFailure('damaged or cut off');
    const { data, info } = await openImage(bytes)
      .resize(THUMBHASH_SIZE, THUMBHASH_SIZE, { fit: 'inside' })
      .toColourspace('srgb')
      .ensureAlpha()
      .raw()
      .toBuffer({ resolveWithObject: true });
    if (header.frames > 1) await decodeFrames(bytes, header);
    return { width, height, thumbhash: rgbaToThumbHash(info.width, info.height, data) };
  });
}

async function decodeFrames(bytes: Buffer, header: ImageHeader): Promise<void> {
  const atOnce = countFramesAtOnce(header);
  for (let first = 0; first < header.frames; first += atOnce) {
    const count = Math.min(atOnce, header.frames - first);
    // One pixel of each is enough to have them decoded.
    await openFrames(bytes, first, count).resize(1, 1, { fit: 'fill' }).raw().toBuffer();
  }
}

/** Opens an archived image for a thumbnail. @throws ImageFailure, the system's error */
export async function renderImage(
  path: string,
  mediaType: string,
  { width, height, quality }: { width: number; height: number; quality: number },
): Promise<Buffer> {
  const bytes = readImageFile(path);
  return explainFailure(async () => {
    await readCheckedHeader(bytes, mediaType);
    return openImage(bytes)
      .resize({ width, height, fit: 'inside', withoutEnlargement: true })
      .webp({ quality })
      .toBuffer();
  });
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
  return { header, width: autoOrient.width, height: autoOrient.height };
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
