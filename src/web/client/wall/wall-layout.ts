/** The places of all sections and their tiles on the wall, as values. */
import { decodeRatio } from '../../../task/ratio.ts';
import type { VisibleTile } from '../../components/app.ts';
import { getTileKey } from '../../components/tile-key.ts';
import { findRowOfTile, type Geometry, justifyRows, placeTile, type Rows } from '../../layout/justify.ts';
import { measureHeading, type PlacedSections, placeSections, SECTION_GAP } from '../../layout/sections.ts';
import { findRows } from '../../layout/window.ts';
import type { SourceSection, TileAt } from './source.ts';

export interface WallLayout {
  readonly geometry: Geometry;
  readonly sections: readonly SourceSection[];
  readonly rows: readonly (Rows | undefined)[];
  readonly placed: PlacedSections;
}

/** Places all sections. Rows that were laid out before with the same measures are used again. */
export function createWallLayout(sections: readonly SourceSection[], geometry: Geometry): WallLayout {
  const rows = sections.map(({ ratios, lead }) => ratios && getRows(ratios, geometry, lead));
  const known = sections.flatMap(({ ratios }) => ratios ?? []);
  const placed = placeSections(
    sections.map((section, at) => toSection(section, rows[at])),
    geometry,
    computeMeanRatio(known),
  );
  return { geometry, sections, rows, placed };
}

/** Height of the rows of a section. Pixels. */
export function measureSection({ sections, rows, placed }: WallLayout, at: number): number {
  const own = rows[at];
  if (own) return own.tops[own.count] ?? 0;
  const next = at + 1 < sections.length ? (placed.tops[at + 1] ?? 0) - SECTION_GAP : placed.total;
  return Math.max(0, next - (placed.tops[at] ?? 0) - measureHeading(toHeading(sections[at])));
}

/** Rows of ratios that were laid out before with the same measures. */
const rowsOf = new WeakMap<Uint8Array, { readonly geometry: Geometry; readonly rows: Rows }>();

function getRows(ratios: Uint8Array, geometry: Geometry, lead: number): Rows {
  const known = rowsOf.get(ratios);
  if (known && isSameGeometry(known.geometry, geometry)) return known.rows;
  const rows = justifyRows(ratios, geometry, lead);
  rowsOf.set(ratios, { geometry, rows });
  return rows;
}

function isSameGeometry(a: Geometry, b: Geometry): boolean {
  return a.width === b.width && a.row === b.row && a.gap === b.gap && a.caption === b.caption;
}

const SAMPLE = 500;

/** Of the first tiles that are known. */
function computeMeanRatio(known: readonly Uint8Array[]): number {
  const sample = known.flatMap((ratios) => [...ratios.subarray(0, SAMPLE)]).slice(0, SAMPLE);
  if (sample.length === 0) return 1.1;
  return sample.reduce((sum, byte) => sum + decodeRatio(byte), 0) / sample.length;
}

export function toHeading(section: SourceSection | undefined) {
  return { hasHeading: section?.title !== undefined };
}

function toSection(section: SourceSection, rows: Rows | undefined) {
  return { ...toHeading(section), count: section.count, rows };
}

/** The first tile of the row at a height of a section's rows; an estimate while its layout is not known. @param y pixels, not negative */
export function findTileAt(layout: WallLayout, section: number, y: number): number {
  const rows = layout.rows[section];
  if (rows) return rows.starts[findRows(rows, y, y + 1).first] ?? 0;
  const count = layout.sections[section]?.count ?? 0;
  const share = y / Math.max(1, measureSection(layout, section));
  return Math.max(0, Math.min(count - 1, Math.floor(share * count)));
}

/** The top of a tile's row on the wall; an estimate while the layout of its section is not known. Pixels. */
export function findTileTop(layout: WallLayout, { section, index }: TileAt): number {
  const heading = measureHeading(toHeading(layout.sections[section]));
  const rows = layout.rows[section];
  const top = (layout.placed.tops[section] ?? 0) + heading;
  if (rows && index < (rows.starts[rows.count] ?? 0))
    return top + (rows.tops[findRowOfTile(rows, index)] ?? 0);
  return top + (measureSection(layout, section) * index) / Math.max(1, layout.sections[section]?.count ?? 1);
}

/** Tiles with their places within their section. */
export function createTiles(
  section: SourceSection,
  rows: Rows,
  geometry: Geometry,
  indexes: readonly number[],
): VisibleTile[] {
  const { ratios, count } = section;
  if (!ratios) return [];
  return indexes.map((index) => ({
    key: getTileKey(section, index),
    tile: section.getTile(index),
    state: section.getState(index),
    ratio: ratios[index] ?? 128,
    index,
    count,
    place: placeTile(rows, ratios, geometry, index),
  }));
}
