/** Which month's heading stays at the top, and how far the next one has pushed it. */
import { describe, expect, test } from 'vitest';
import type { SourceSection } from '../../../src/web/client/wall/source.ts';
import { findStickyHeading } from '../../../src/web/client/wall/sticky-heading.ts';
import { HEADING_HEIGHT } from '../../../src/web/layout/sections.ts';

function createSections(...months: (string | undefined)[]): SourceSection[] {
  return months.map((month, at) => ({
    ...{
      key: month ?? 'exact',
      month,
      title: month === undefined ? undefined : ('month' as const),
      count: at + 1,
    },
    ...{ ratios: undefined, lead: 0, getState: () => 'succeeded' as const, getTile: () => undefined },
  }));
}

const WALL = {
  sections: createSections('2026-03', '2026-02'),
  placed: { tops: Float64Array.of(0, 1000, 1800), total: 1800 },
};

describe('the heading at the top', () => {
  test('is absent while the first heading is seen', () => {
    for (const y of [-200, 0, 6]) expect(findStickyHeading(WALL, y)).toBeUndefined();
  });

  test('is that of the month below the bars', () => {
    expect(findStickyHeading(WALL, 7)).toEqual({ month: '2026-03', count: 1, shift: 0 });
    expect(findStickyHeading(WALL, 970)).toEqual({ month: '2026-03', count: 1, shift: 0 });
    expect(findStickyHeading(WALL, 1007)).toEqual({ month: '2026-02', count: 2, shift: 0 });
    expect(findStickyHeading(WALL, 5000)).toEqual({ month: '2026-02', count: 2, shift: 0 });
  });

  test('is pushed away by the next one, a pixel for each, until that takes its place', () => {
    for (const y of [980, 990, 1000, 1005]) {
      const text = {
        sticky: (findStickyHeading(WALL, y)?.shift ?? 0) + 18,
        next: 1000 - y + HEADING_HEIGHT / 2,
      };
      expect(text.next - text.sticky).toBe(36);
    }
  });

  test('is absent in the order of best match', () => {
    const sections = createSections(undefined);
    expect(findStickyHeading({ ...WALL, sections }, 500)).toBeUndefined();
  });
});
