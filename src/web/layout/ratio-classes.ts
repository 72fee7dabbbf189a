/** The classes that give tiles their ratio: with a strict content security policy, markup has no style attributes. */
import { decodeRatio, encodeRatio } from '../../task/ratio.ts';

const [FIRST, LAST] = [encodeRatio(1, 3), encodeRatio(3, 1)];

/** `r128` for a square. */
export function getRatioClass(byte: number): string {
  return `r${byte}`;
}

/** One class for every byte, as CSS. */
export function createRatioClasses(): string {
  const bytes = Array.from({ length: LAST - FIRST + 1 }, (_, at) => FIRST + at);
  return bytes.map((byte) => `.${getRatioClass(byte)}{--r:${Number(decodeRatio(byte).toFixed(5))}}`).join('');
}
