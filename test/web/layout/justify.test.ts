import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { decodeRatio } from '../../../src/task/ratio.ts';
import { findRowOfTile, type Geometry, justifyRows, placeTile } from '../../../src/web/layout/justify.ts';
import { findRows, findTiles } from '../../../src/web/layout/window.ts';

const ratios = fc
  .array(fc.integer({ min: 58, max: 198 }), { maxLength: 300 })
  .map((bytes) => Uint8Array.from(bytes));
const geometry: fc.Arbitrary<Geometry> = fc.record({
  width: fc.integer({ min: 240, max: 2400 }),
  row: fc.constantFrom(60, 86, 150, 196, 274),
  gap: fc.constantFrom(0, 3, 4),
  caption: fc.constantFrom(0, 26),
});

describe('rows of tiles', () => {
  test('have every tile once, in its order', () => {
    fc.assert(
      fc.property(ratios, geometry, (bytes, measures) => {
        const { starts, count } = justifyRows(bytes, measures);
        expect(starts[0]).toBe(0);
        expect(starts[count]).toBe(bytes.length);
        for (let row = 0; row < count; row += 1) expect(starts[row + 1]).toBeGreaterThan(starts[row] ?? 0);
      }),
    );
  });

  test('fill the width to 0.01 px, but for the last one, which is not stretched', () => {
    fc.assert(
      fc.property(ratios, geometry, (bytes, measures) => {
        const rows = justifyRows(bytes, measures);
        for (let row = 0; row < rows.count; row += 1) {
          const last = (rows.starts[row + 1] ?? 0) - 1;
          const { x, width } = placeTile(rows, bytes, measures, last);
          if (row < rows.count - 1) expect(Math.abs(x + width - measures.width)).toBeLessThan(0.01);
          else {
            expect(x + width).toBeLessThan(measures.width + 0.01);
            expect(rows.heights[row]).toBeLessThanOrEqual(measures.row);
          }
        }
      }),
    );
  });

  test('are as low as the width allows: one more tile would not have fitted at the least height', () => {
    fc.assert(
      fc.property(ratios, geometry, (bytes, measures) => {
        const { starts, count } = justifyRows(bytes, measures);
        const widthOf = (first: number, end: number) =>
          bytes.subarray(first, end).reduce((sum, byte) => sum + decodeRatio(byte) * measures.row, 0) +
          (end - first - 1) * measures.gap;
        for (let row = 0; row < count - 1; row += 1) {
          const [first, end] = [starts[row] ?? 0, starts[row + 1] ?? 0];
          if (end - first > 1) expect(widthOf(first, end)).toBeLessThanOrEqual(measures.width + 1e-6);
          expect(widthOf(first, end + 1)).toBeGreaterThan(measures.width - 1e-6);
        }
      }),
    );
  });

  test('of new tiles leave the rows of the others as they were', () => {
    fc.assert(
      fc.property(ratios, ratios, geometry, (added, bytes, measures) => {
        const before = justifyRows(bytes, measures);
        const both = Uint8Array.from([...added, ...bytes]);
        const now = justifyRows(both, measures, added.length);
        const first = added.length === 0 ? 0 : justifyRows(added, measures).count;
        expect(now.count - first).toBe(before.count);
        for (let row = 0; row < before.count; row += 1) {
          expect(now.heights[first + row]).toBe(before.heights[row]);
          expect((now.starts[first + row] ?? 0) - added.length).toBe(before.starts[row]);
        }
      }),
    );
  });

  test('stand below each other, with the gap and the captions between them', () => {
    fc.assert(
      fc.property(ratios, geometry, (bytes, measures) => {
        const { tops, heights, count } = justifyRows(bytes, measures);
        for (let row = 0; row < count; row += 1) {
          const below = (tops[row] ?? 0) + (heights[row] ?? 0) + measures.caption;
          const expected = row === count - 1 ? tops[count] : (tops[row + 1] ?? 0) - measures.gap;
          expect(Math.abs(below - (expected ?? 0))).toBeLessThan(1e-6);
        }
      }),
    );
  });

  test('of a million tiles end with the last one', () => {
    const bytes = Uint8Array.from({ length: 1_000_000 }, (_, at) => 58 + ((at * 7919) % 141));
    const rows = justifyRows(bytes, { width: 1280, row: 196, gap: 4, caption: 0 });
    expect(rows.starts[rows.count]).toBe(1_000_000);
    expect(findRowOfTile(rows, 999_999)).toBe(rows.count - 1);
  });
});

describe('a stretch of the wall', () => {
  test('has the rows that a plain scan finds', () => {
    fc.assert(
      fc.property(
        ratios,
        geometry,
        fc.integer({ min: -500, max: 9000 }),
        fc.integer({ min: 1, max: 3000 }),
        (bytes, measures, from, height) => {
          const rows = justifyRows(bytes, measures);
          const found = findRows(rows, from, from + height);
          const total = rows.tops[rows.count] ?? 0;
          const scanned = Array.from({ length: rows.count }, (_, row) => row).filter((row) => {
            const [top, below] = [
              rows.tops[row] ?? 0,
              row + 1 < rows.count ? (rows.tops[row + 1] ?? 0) : total,
            ];
            return top < from + height && below > from;
          });
          expect([found.first, found.end]).toEqual(
            scanned.length === 0 ? [found.first, found.first] : [scanned[0], (scanned.at(-1) ?? 0) + 1],
          );
          const tiles = findTiles(rows, found);
          expect(tiles.end - tiles.first).toBe(
            scanned.reduce((sum, row) => sum + (rows.starts[row + 1] ?? 0) - (rows.starts[row] ?? 0), 0),
          );
        },
      ),
    );
  });
});
