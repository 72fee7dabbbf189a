/** Where the bars of charts stand. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { placeBars } from '../../../src/web/view/chart.ts';

const SCALE = { height: 100, gap: 0.25, by: 'value' } as const;
const values = fc.array(fc.double({ min: 0, max: 1e9, noNaN: true }), { minLength: 1, maxLength: 400 });

describe('placeBars', () => {
  test('stands the bars on one line, the highest as high as the chart', () => {
    expect(placeBars([10, 0, 5, 20], SCALE)).toEqual([
      { x: 0, width: 18.75, y: 50, height: 50 },
      { x: 25, width: 18.75, y: 100, height: 0 },
      { x: 50, width: 18.75, y: 75, height: 25 },
      { x: 75, width: 18.75, y: 0, height: 100 },
    ]);
  });

  test('by the root, a bar four times as long is twice as high', () => {
    const heights = placeBars([4, 1], { ...SCALE, by: 'root' }).map(({ height }) => height);
    expect(heights).toEqual([100, 50]);
  });

  test.each([[[]], [[0, 0]]])('%j is a chart without bars', (none) => {
    expect(placeBars(none, SCALE).every(({ height }) => height === 0)).toBe(true);
  });

  test('whatever the values, bars stay inside, in order, and what is not zero is seen', () => {
    fc.assert(
      fc.property(values, fc.constantFrom('value' as const, 'root' as const), (list, by) => {
        const bars = placeBars(list, { ...SCALE, by });
        for (const [at, { x, width, y, height }] of bars.entries()) {
          expect(x + width).toBeLessThanOrEqual(100);
          expect(y + height).toBeCloseTo(100, 5);
          expect(height > 0).toBe((list[at] ?? 0) > 0);
          const before = bars[at - 1];
          if (before) expect(x).toBeGreaterThanOrEqual(before.x + before.width);
        }
      }),
    );
  });
});
