import fc from 'fast-check';
import { expect, test } from 'vitest';
import { justifyRows } from '../../../src/web/layout/justify.ts';
import {
  findSection,
  HEADING_HEIGHT,
  measureRows,
  placeSections,
  SECTION_GAP,
  type Section,
} from '../../../src/web/layout/sections.ts';

const GEOMETRY = { width: 1280, row: 196, gap: 4, caption: 0 };
const section = fc
  .record({
    count: fc.integer({ min: 1, max: 300 }),
    isKnown: fc.boolean(),
    byte: fc.integer({ min: 58, max: 198 }),
  })
  .map(
    ({ count, isKnown, byte }): Section => ({
      ...{ hasHeading: true, count },
      rows: isKnown ? justifyRows(new Uint8Array(count).fill(byte), GEOMETRY) : undefined,
    }),
  );
const sections = fc.array(section, { minLength: 1, maxLength: 40 });

test('sections stand below each other, with their headings', () => {
  fc.assert(
    fc.property(sections, (all) => {
      const { tops, total } = placeSections(all, GEOMETRY);
      all.forEach((each, at) => {
        const end = (tops[at] ?? 0) + HEADING_HEIGHT + measureRows(each, GEOMETRY, 1.1);
        expect(at + 1 < all.length ? (tops[at + 1] ?? 0) - SECTION_GAP : total).toBeCloseTo(end, 6);
      });
    }),
  );
});

test('the section at a height is the last one that begins at or above it', () => {
  fc.assert(
    fc.property(sections, fc.integer({ min: -100, max: 60_000 }), (all, y) => {
      const placed = placeSections(all, GEOMETRY);
      const scanned = all.findLastIndex((_, at) => (placed.tops[at] ?? 0) <= y);
      expect(findSection(placed, y)).toBe(Math.max(0, scanned));
    }),
  );
});

test('the estimate of a month is within a tenth of its height', () => {
  const bytes = Uint8Array.from(
    { length: 5000 },
    (_, at) => [128, 147, 164, 109, 92][((at * 7919) % 10007) % 5] ?? 128,
  );
  const rows = justifyRows(bytes, GEOMETRY);
  const mean = bytes.reduce((sum, byte) => sum + Math.exp((byte - 128) / 64), 0) / bytes.length;
  const estimated = measureRows({ hasHeading: true, count: 5000, rows: undefined }, GEOMETRY, mean);
  expect(estimated / (rows.tops[rows.count] ?? 1)).toBeGreaterThan(0.9);
  expect(estimated / (rows.tops[rows.count] ?? 1)).toBeLessThan(1.1);
});
