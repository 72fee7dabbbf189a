/**
 * The ratio of width to height of a picture as one byte, so that the layout of a month of 30,000 pictures is 30 KB. Logarithmic:
 * neighbouring bytes differ by 1.6 %, for tall pictures as for wide ones.
 */

/** Ratios beyond are shown cropped: no tile is wider or taller than three to one. */
const MAX_RATIO = 3;
const SQUARE = 128;
const STEPS_PER_E = 64;
const SIZE = /^(\d{1,6})\s*[x×:*]\s*(\d{1,6})$/i;

/** @param width pixels, or any unit that both have @returns 58 to 198; a square is 128 */
export function encodeRatio(width: number, height: number): number {
  const ratio = width > 0 && height > 0 ? width / height : 1;
  const clamped = Math.min(MAX_RATIO, Math.max(1 / MAX_RATIO, ratio));
  return Math.round(SQUARE + STEPS_PER_E * Math.log(clamped));
}

/** Width divided by height. */
export function decodeRatio(byte: number): number {
  return Math.exp((byte - SQUARE) / STEPS_PER_E);
}

/** The encoded ratio of a request's `size`: `WIDTHxHEIGHT`, or a ratio such as `16:9`; a square for anything else. */
export function findRatioOfSize(size: string | null | undefined): number {
  const [, width, height] = SIZE.exec(size ?? '') ?? [];
  return encodeRatio(Number(width), Number(height));
}
