import fc from 'fast-check';
import { expect, test } from 'vitest';
import { nextCheckDelay } from '../../src/task/next-check.ts';

const HOUR = 3_600_000;

test('starts at seconds, doubles, and is capped at six hours', () => {
  const middle = Array.from({ length: 16 }, (_, attempts) => nextCheckDelay(attempts, () => 0.5));
  expect(middle.slice(0, 4)).toEqual([5000, 10_000, 20_000, 40_000]);
  expect(middle.at(-1)).toBe(6 * HOUR);
});

test('stays within 20 % of that, and never exceeds six hours', () => {
  fc.assert(
    fc.property(fc.nat(5000), fc.double({ min: 0, max: 0.999999, noNaN: true }), (attempts, random) => {
      const delay = nextCheckDelay(attempts, () => random);
      const base = Math.min(5000 * 2 ** attempts, 6 * HOUR);
      expect(delay).toBeGreaterThanOrEqual(Math.floor(base * 0.8));
      expect(delay).toBeLessThanOrEqual(Math.min(base * 1.2 + 1, 6 * HOUR));
    }),
  );
});
