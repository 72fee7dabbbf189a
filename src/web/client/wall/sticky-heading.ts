/** The heading of the month at the top of the window, which the next one pushes away. Pure; all in pixels. */
import type { StickyHeading } from '../../components/app.ts';
import { findSection, HEADING_HEIGHT } from '../../layout/sections.ts';
import type { WallLayout } from './wall-layout.ts';

/** The same in client/styles/wall.css. */
export const STICKY_HEADING_HEIGHT = 36;
/** Headings have so much more room above their text: the text of the one that stays stands where that of the heading was. */
const INSET = (HEADING_HEIGHT - STICKY_HEADING_HEIGHT) / 2;

/** @param y the place on the wall of the top of what is seen @returns undefined above the first heading, and without months */
export function findStickyHeading(
  { placed, sections }: Pick<WallLayout, 'placed' | 'sections'>,
  y: number,
): StickyHeading | undefined {
  const at = findSection(placed, y - INSET);
  const section = sections[at];
  if (section?.month === undefined || y - INSET <= (placed.tops[at] ?? 0)) return undefined;
  const isLast = at === sections.length - 1;
  const untilNext = isLast ? Number.POSITIVE_INFINITY : (placed.tops[at + 1] ?? 0) + INSET - y;
  const shift = Math.min(0, untilNext - STICKY_HEADING_HEIGHT);
  return { month: section.month, count: section.count, shift };
}
