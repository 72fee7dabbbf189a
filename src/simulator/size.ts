/** Converts the `size` or `aspect_ratio` of a request to pixels. */

export interface PixelSize {
  readonly width: number;
  readonly height: number;
}

const SIDE = 1024;
const MAX_SIDE = 2048;
/** Sides computed from a ratio are rounded to multiples of this, as the models do. */
const STEP = 16;

/** `WIDTHxHEIGHT`, or a ratio such as `16:9` of about a megapixel; anything else is a square. */
export function parsePixelSize(size: string | undefined): PixelSize {
  const [, a, separator, b] = /^(\d+)([x:])(\d+)$/.exec(size ?? '') ?? [];
  const [first, second] = [Number(a), Number(b)];
  if (!(first > 0 && second > 0)) return { width: SIDE, height: SIDE };
  if (separator === 'x') return { width: limitSide(first), height: limitSide(second) };
  const scale = SIDE / Math.sqrt(first * second);
  return { width: roundSide(first * scale), height: roundSide(second * scale) };
}

function roundSide(side: number): number {
  return limitSide(Math.max(1, Math.round(side / STEP)) * STEP);
}

function limitSide(side: number): number {
  return Math.min(side, MAX_SIDE);
}
