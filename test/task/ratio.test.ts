import fc from 'fast-check';
import { expect, test } from 'vitest';
import { decodeRatio, encodeRatio, findRatioOfSize, SQUARE } from '../../src/task/ratio.ts';

test('a ratio of 1:3 to 3:1 is one byte, within 1 %', () => {
  const side = fc.integer({ min: 1, max: 20_000 });
  fc.assert(
    fc.property(side, side, (width, height) => {
      const byte = encodeRatio(width, height);
      expect(byte).toBeGreaterThanOrEqual(58);
      expect(byte).toBeLessThanOrEqual(198);
      const bounded = Math.min(3, Math.max(1 / 3, width / height));
      expect(Math.abs(decodeRatio(byte) / bounded - 1)).toBeLessThan(0.01);
      expect(encodeRatio(height, width) - SQUARE).toBe(SQUARE - byte);
    }),
  );
});

test.each([
  ['1024x1024', SQUARE],
  ['1024X768', encodeRatio(4, 3)],
  ['16:9', encodeRatio(16, 9)],
  [' 9 : 16 ', encodeRatio(9, 16)],
  ['1:100', encodeRatio(1, 3)],
  ['0x1024', SQUARE],
  ['1024x0', SQUARE],
  ['0:0', SQUARE],
  ['auto', SQUARE],
  ['', SQUARE],
  ['-3:4', SQUARE],
  ['1e9x1', SQUARE],
  [null, SQUARE],
  [undefined, SQUARE],
])('the size %s has the ratio %i', (size, ratio) => {
  expect(findRatioOfSize(size)).toBe(ratio);
});

test.each([
  [0, 0],
  [Number.NaN, 1],
  [Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY],
  [-1, -1],
])('the ratio of %d to %d counts as a square', (width, height) => {
  expect(encodeRatio(width, height)).toBe(SQUARE);
});
