/** What of the wall is near to the window: the tiles that stand in the page, and those that are to be loaded. Pure. */
import { findSection, measureHeading } from '../../layout/sections.ts';
import { findRows, findTiles } from '../../layout/window.ts';
import type { TileAt, WantedTiles } from './source.ts';
import { measureSection, toHeading, type WallLayout } from './wall-layout.ts';

/** Of a section: the tiles [first, end), and one more that has the focus elsewhere. */
export interface ShownTiles {
  readonly section: number;
  readonly first: number;
  readonly end: number;
  readonly focused: number | undefined;
}

interface Place {
  /** Of the window's top on the wall; pixels. */
  readonly top: number;
  /** Height of the window; pixels. */
  readonly screen: number;
  /** The tile that stays in the page, wherever the wall is. */
  readonly focused: TileAt | undefined;
}

/** Tiles stand in the page within one screen above and below the window, and are loaded with them; layouts are a screen earlier. */
export function findNear(
  layout: WallLayout,
  { top, screen, focused }: Place,
): { shown: ShownTiles[]; wanted: WantedTiles[] } {
  const { sections, placed, rows } = layout;
  const shown: ShownTiles[] = [];
  const wanted: (WantedTiles & { distance: number })[] = [];
  const look = (section: number) => {
    const start = placed.tops[section] ?? 0;
    const from = start + measureHeading(toHeading(sections[section]));
    const end = from + measureSection(layout, section);
    const own = rows[section];
    const tiles = own && findTiles(own, findRows(own, top - screen - from, top + 2 * screen - from));
    const isNear = start < top + 3 * screen && end > top - 2 * screen && sections[section]?.count !== 0;
    const asked = tiles ?? { first: 0, end: 1 };
    if (isNear && asked.end > asked.first) wanted.push({ section, ...asked, distance: Math.abs(from - top) });
    const isVisible = start < top + 2 * screen && end > top - screen;
    const keepsFocus = focused?.section === section;
    if (!isVisible && !keepsFocus) return;
    const { first, end: last } = tiles ?? { first: 0, end: 0 };
    const isApart = own && keepsFocus && (focused.index < first || focused.index >= last);
    shown.push({ section, first, end: last, focused: isApart ? focused.index : undefined });
  };
  const first = findSection(placed, top - 2 * screen);
  let after = first;
  while (after < sections.length && (placed.tops[after] ?? 0) < top + 3 * screen) after += 1;
  if (focused && focused.section < first) look(focused.section);
  for (let section = first; section < after; section += 1) look(section);
  if (focused && focused.section >= after) look(focused.section);
  return { shown, wanted: wanted.sort((a, b) => a.distance - b.distance) };
}
