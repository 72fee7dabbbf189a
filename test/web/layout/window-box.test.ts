import fc from 'fast-check';
import { expect, test } from 'vitest';
import { centreBox, fitBox, MAX_BOX_HEIGHT, recentre } from '../../../src/web/layout/window-box.ts';

const SCREEN = 900;
const total = fc.integer({ min: SCREEN, max: 60_000_000 });
const share = fc.double({ min: 0, max: 1, noNaN: true });

test('the box is never higher than browsers allow, and never beyond the wall', () => {
  fc.assert(
    fc.property(total, share, (height, at) => {
      const box = centreBox(at * (height - SCREEN), height);
      expect(box.height).toBeLessThanOrEqual(MAX_BOX_HEIGHT);
      expect(box.offset).toBeGreaterThanOrEqual(0);
      expect(box.offset + box.height).toBeLessThanOrEqual(height);
    }),
  );
});

test('every place of the wall can be scrolled to within its box', () => {
  fc.assert(
    fc.property(total, share, (height, at) => {
      const place = at * (height - SCREEN);
      const box = centreBox(place, height);
      expect(place - box.offset).toBeGreaterThanOrEqual(0);
      expect(place - box.offset).toBeLessThanOrEqual(box.height - SCREEN + 1e-6);
    }),
  );
});

test('scrolling on from any place reaches both ends of the wall, box by box', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: MAX_BOX_HEIGHT, max: 60_000_000 }),
      share,
      fc.constantFrom(-1, 1),
      (height, at, direction) => {
        let box = centreBox(at * (height - SCREEN), height);
        let place = at * (height - SCREEN);
        for (let step = 0; step < 40; step += 1) {
          // As far as the box goes, then a new box.
          place = direction === 1 ? box.offset + box.height - SCREEN : box.offset;
          box = recentre(box, place, height);
        }
        expect(place).toBeCloseTo(direction === 1 ? height - SCREEN : 0, 3);
      },
    ),
  );
});

test('the box stays as it is while there is room on both sides', () => {
  const box = centreBox(20_000_000, 40_000_000);
  expect(recentre(box, 20_500_000, 40_000_000)).toBe(box);
  expect(recentre(box, 18_600_000, 40_000_000)).not.toBe(box);
});

test('a low wall is one box, without an offset', () => {
  expect(centreBox(500, 9000)).toEqual({ height: 9000, offset: 0 });
  // A correction of an estimate has moved the box; it comes back when scrolling ends.
  expect(recentre(fitBox(9000, 120), 400, 9000)).toEqual({ height: 9000, offset: 0 });
});
