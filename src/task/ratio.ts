/**
 * The ratio of an image's width to its height as one byte on a logarithmic scale, in steps of 1.6 %: what a wall of images needs
 * to place them, for a million of them in a megabyte.
 */

/** Ratios beyond are cut to 3:1 and 1:3. */
const MAX_LOG = Math.log(3);
const STEPS_PER_E = 64;
/** 1:1, and what nothing is known of. */
export const SQUARE = 128;
const SIZE = /^\s*(\d{1,6})(?:\.0*)?\s*[x×*:]\s*(\d{1,6})(?:\.0*)?\s*$/i;

/**
 * @param width in the same unit as `height`
 * @returns 58 (1:3) to 198 (3:1); SQUARE if either is not positive
 */
export function encodeRatio(width: number, height: number): number {
  const log = Math.log(width / height);
  if (!(width > 0 && height > 0) || Number.isNaN(log)) return SQUARE;
  return Math.round(SQUARE + STEPS_PER_E * Math.max(-MAX_LOG, Math.min(MAX_LOG, log)));
}

/** The width of an image of height 1. */
export function decodeRatio(byte: number): number {
  return Math.exp((byte - SQUARE) / STEPS_PER_E);
}

/** @param size as requested: `1024x768` in pixels, or a ratio such as `16:9`; anything else counts as a square */
export function findRatioOfSize(size: string | null | undefined): number {
  const [, width, height] = SIZE.exec(size ?? '') ?? [];
  return encodeRatio(Number(width), Number(height));
}
