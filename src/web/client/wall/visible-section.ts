/** The part of a section that stands in the page, with the places of its tiles. Pure. */
import type { VisibleSection } from '../../components/app.ts';
import type { ShownTiles } from './near.ts';
import { createTiles, measureSection, type WallLayout } from './wall-layout.ts';

/** @param offset of the box (layout/window-box.ts); pixels */
export function createVisibleSection(
  layout: WallLayout,
  { section: at, first, end, focused }: ShownTiles,
  offset: number,
): VisibleSection | undefined {
  const section = layout.sections[at];
  if (!section) return undefined;
  const rows = layout.rows[at];
  const indexes = Array.from({ length: end - first }, (_, step) => first + step);
  // In its place: an element that is moved while it has the focus is scrolled into view by Chromium.
  if (focused !== undefined) {
    if (focused < first) indexes.unshift(focused);
    else indexes.push(focused);
  }
  const { key, month, title, count } = section;
  const y = (layout.placed.tops[at] ?? 0) - offset;
  const tiles = rows ? createTiles(section, rows, layout.geometry, indexes) : [];
  return { key, month, title, count, place: { y, height: measureSection(layout, at) }, tiles };
}
