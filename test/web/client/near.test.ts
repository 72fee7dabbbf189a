import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { findNear } from '../../../src/web/client/wall/near.ts';
import type { SourceSection } from '../../../src/web/client/wall/source.ts';
import { createWallLayout, type WallLayout } from '../../../src/web/client/wall/wall-layout.ts';
import { findRowOfTile } from '../../../src/web/layout/justify.ts';

const SCREEN = 700;
const GEOMETRY = { width: 1000, row: 196, gap: 4, caption: 0 };

/** Months with their ratios, or only with their counts. */
const layouts: fc.Arbitrary<WallLayout> = fc
  .array(
    fc.record({
      bytes: fc.array(fc.integer({ min: 58, max: 198 }), { minLength: 1, maxLength: 120 }),
      isLoaded: fc.boolean(),
    }),
    { minLength: 1, maxLength: 12 },
  )
  .map((months) =>
    createWallLayout(
      months.map(({ bytes, isLoaded }, at): SourceSection => {
        const key = `month ${at}`;
        const ratios = isLoaded ? Uint8Array.from(bytes) : undefined;
        const count = bytes.length;
        return {
          ...{ key, month: key, title: 'month', count, ratios, lead: 0 },
          getState: () => 'succeeded',
          getTile: () => undefined,
        };
      }),
      GEOMETRY,
    ),
  );

/** What stands within a screen above and below the window, by looking at every tile. */
function scanTiles({ sections, rows, placed }: WallLayout, top: number): string[] {
  return sections.flatMap(({ count }, section) =>
    Array.from({ length: count }, (_, index) => index).flatMap((index) => {
      const own = rows[section];
      if (!own) return [];
      const row = findRowOfTile(own, index);
      const from = (placed.tops[section] ?? 0) + 48 + (own.tops[row] ?? 0);
      const until = (placed.tops[section] ?? 0) + 48 + (own.tops[row + 1] ?? 0);
      return until > top - SCREEN && from < top + 2 * SCREEN ? [`${section} ${index}`] : [];
    }),
  );
}

function listShown(layout: WallLayout, top: number): string[] {
  return findNear(layout, { top, screen: SCREEN, focused: undefined }).shown.flatMap(
    ({ section, first, end }) =>
      Array.from({ length: end - first }, (_, offset) => `${section} ${first + offset}`),
  );
}

describe('what is near to the window', () => {
  test('are the tiles that a scan of all of them finds', () => {
    fc.assert(
      fc.property(layouts, fc.double({ min: 0, max: 1, noNaN: true }), (layout, share) => {
        const top = share * layout.placed.total;
        expect(listShown(layout, top)).toEqual(scanTiles(layout, top));
      }),
    );
  });

  test('with the focused tile, wherever it is, and sections in their order', () => {
    fc.assert(
      fc.property(layouts, fc.nat(11), fc.double({ min: 0, max: 1, noNaN: true }), (layout, month, share) => {
        const section = month % layout.sections.length;
        const index = (layout.sections[section]?.count ?? 1) - 1;
        const focused = { section, index };
        const { shown } = findNear(layout, { top: share * layout.placed.total, screen: SCREEN, focused });
        const own = shown.find((tiles) => tiles.section === section);
        const isShown = own && ((index >= own.first && index < own.end) || own.focused === index);
        expect(isShown).toBe(layout.rows[section] !== undefined);
        const order = shown.map((tiles) => tiles.section);
        expect(order).toEqual([...order].sort((a, b) => a - b));
      }),
    );
  });

  test('asks for the layout of every month that is seen and not loaded, the nearest first', () => {
    fc.assert(
      fc.property(layouts, fc.double({ min: 0, max: 1, noNaN: true }), (layout, share) => {
        const top = share * layout.placed.total;
        const { shown, wanted } = findNear(layout, { top, screen: SCREEN, focused: undefined });
        const missing = shown.filter(({ section }) => !layout.rows[section]);
        for (const { section } of missing)
          expect(wanted).toContainEqual(expect.objectContaining({ section, first: 0, end: 1 }));
        const distances = wanted.map(({ section }) =>
          Math.abs((layout.placed.tops[section] ?? 0) + 48 - top),
        );
        expect(distances).toEqual([...distances].sort((a, b) => a - b));
      }),
    );
  });
});
