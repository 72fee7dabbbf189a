/** Where the keyboard goes from a tile. */
import { findRowOfTile, placeTile } from '../../layout/justify.ts';
import type { SourceSection, TileAt } from './source.ts';
import type { WallLayout } from './wall-layout.ts';

export type Direction =
  | 'left'
  | 'right'
  | 'up'
  | 'down'
  | 'rowStart'
  | 'rowEnd'
  | 'pageUp'
  | 'pageDown'
  | 'first'
  | 'last';

/** @param screen height of what is seen; pixels @returns undefined at the end of the wall */
export function findNeighbour(
  layout: WallLayout,
  at: TileAt,
  direction: Direction,
  screen: number,
): TileAt | undefined {
  const { sections, rows } = layout;
  const section = sections[at.section];
  if (!section) return undefined;
  switch (direction) {
    case 'left':
      return at.index > 0 ? { ...at, index: at.index - 1 } : getLastOfSection(sections, at.section - 1);
    case 'right':
      return at.index + 1 < section.count
        ? { ...at, index: at.index + 1 }
        : getFirstOfSection(sections, at.section + 1);
    case 'rowStart':
    case 'rowEnd': {
      const own = rows[at.section];
      if (!own) return undefined;
      const row = findRowOfTile(own, at.index);
      const index = direction === 'rowStart' ? (own.starts[row] ?? 0) : (own.starts[row + 1] ?? 1) - 1;
      return { ...at, index };
    }
    case 'up':
    case 'down':
      return findAcrossRows(layout, at, direction === 'up' ? -1 : 1);
    case 'pageUp':
    case 'pageDown':
      return moveByScreen(layout, at, direction === 'pageUp' ? -1 : 1, screen);
    case 'first':
      return getFirstOfSection(sections, 0);
    case 'last':
      return getLastOfSection(sections, sections.length - 1);
  }
}

function getFirstOfSection(sections: readonly SourceSection[], section: number): TileAt | undefined {
  return sections[section] ? { section, index: 0 } : undefined;
}

function getLastOfSection(sections: readonly SourceSection[], section: number): TileAt | undefined {
  const count = sections[section]?.count;
  return count ? { section, index: count - 1 } : undefined;
}

/** The tile of the row above or below whose centre is nearest. */
function findAcrossRows(
  { sections, rows, geometry }: WallLayout,
  at: TileAt,
  step: -1 | 1,
): TileAt | undefined {
  const own = rows[at.section];
  const ratios = sections[at.section]?.ratios;
  if (!own || !ratios) return undefined;
  const { x, width } = placeTile(own, ratios, geometry, at.index);
  const row = findRowOfTile(own, at.index) + step;
  const isInside = row >= 0 && row < own.count;
  const section = isInside ? at.section : at.section + step;
  const targetRows = rows[section];
  const targetRatios = sections[section]?.ratios;
  if (!sections[section]) return undefined;
  // A month that is not loaded yet has no rows: its end, or its start.
  if (!targetRows || !targetRatios)
    return step === 1 ? getFirstOfSection(sections, section) : getLastOfSection(sections, section);
  const target = isInside ? row : step === 1 ? 0 : targetRows.count - 1;
  const [start, end] = [targetRows.starts[target] ?? 0, targetRows.starts[target + 1] ?? 0];
  const centre = x + width / 2;
  let best = start;
  let least = Number.POSITIVE_INFINITY;
  for (let index = start; index < end; index += 1) {
    const other = placeTile(targetRows, targetRatios, geometry, index);
    const distance = Math.abs(other.x + other.width / 2 - centre);
    if (distance < least) {
      least = distance;
      best = index;
    }
  }
  return { section, index: best };
}

function moveByScreen(layout: WallLayout, at: TileAt, step: -1 | 1, screen: number): TileAt | undefined {
  let moved = 0;
  let now = at;
  while (moved < screen) {
    const next = findAcrossRows(layout, now, step);
    if (!next) break;
    const rows = layout.rows[next.section];
    moved += rows ? (rows.heights[findRowOfTile(rows, next.index)] ?? screen) + layout.geometry.gap : screen;
    now = next;
  }
  return now === at ? undefined : now;
}
