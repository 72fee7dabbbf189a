/** What is seen of the wall, as a tile and its distance: it stays true when the places of all tiles change. Pure. */
import { getTileKey } from '../../components/tile-key.ts';
import { findSection, measureHeading } from '../../layout/sections.ts';
import { findTileAt, findTileTop, toHeading, type WallLayout } from './wall-layout.ts';

/** A tile, and how far its top is below the top of the window. Pixels. */
export interface Anchor {
  readonly key: string;
  readonly distance: number;
}

/**
 * The first tile that is seen.
 * @param place of the window's top on the wall; pixels
 * @param header height of what covers the top of the window; pixels
 */
export function findAnchor(layout: WallLayout, place: number, header: number): Anchor | undefined {
  // Browsers round what is scrolled to.
  const seen = place + header + 1;
  const section = findSection(layout.placed, seen);
  const info = layout.sections[section];
  if (!info || info.count === 0) return undefined;
  const inside = seen - (layout.placed.tops[section] ?? 0) - measureHeading(toHeading(info));
  const index = inside <= 0 ? 0 : findTileAt(layout, section, inside);
  return {
    key: getTileKey(info, index),
    distance: findTileTop(layout, { section, index }) - place,
  };
}
