import fc from 'fast-check';
import { expect, test } from 'vitest';
import { computeBackoffDelay } from '../../src/lib/backoff.ts';

test('doubles from the first delay to the maximum', () => {
  const delays = [0, 1, 2, 3, 50, 5000].map((repeats) =>
    computeBackoffDelay({ firstMs: 500, maxMs: 3000 }, repeats, () => 0.5),
  );
  expect(delays).toEqual([500, 1000, 2000, 3000, 3000, 3000]);
});

test('stays within 20 % of that', () => {
  const random = fc.double({ min: 0, max: 0.999999, noNaN: true });
  fc.assert(
    fc.property(fc.nat(100), random, (repeats, value) => {
      const base = Math.min(5000 * 2 ** repeats, 300_000);
      const delay = computeBackoffDelay({ firstMs: 5000, maxMs: 300_000 }, repeats, () => value);
      expect(delay).toBeGreaterThanOrEqual(base * 0.8);
      expect(delay).toBeLessThanOrEqual(base * 1.2);
    }),
  );
});
