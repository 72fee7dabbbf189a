/**
 * The months of the wall, one below the other: exact heights where the layout of a month is known, estimates elsewhere. A million
 * tiles are some 40,000,000 pixels high, which no browser can show as one box: see window-box.ts.
 */
import { findLastAtMost, type Geometry, type Rows } from './justify.ts';

/** Height of a month's heading, and the space before the next one; the same in client/styles/wall.css. */
export const HEADING_HEIGHT = 48;
export const SECTION_GAP = 12;

export interface Section {
  readonly hasHeading: boolean;
  /** Number of tiles. */
  readonly count: number;
  /** Undefined while its layout is not loaded. */
  readonly rows: Rows | undefined;
}

export interface PlacedSections {
  /** Top of each section, and the end of the last one. */
  readonly tops: Float64Array;
  readonly total: number;
}

/** @param meanRatio width to height of all tiles that are known, for estimates */
export function placeSections(
  sections: readonly Section[],
  geometry: Geometry,
  meanRatio = 1.1,
): PlacedSections {
  const tops = new Float64Array(sections.length + 1);
  let top = 0;
  sections.forEach((section, at) => {
    tops[at] = top;
    top += measureHeading(section) + measureRows(section, geometry, meanRatio) + SECTION_GAP;
  });
  tops[sections.length] = Math.max(0, top - SECTION_GAP);
  return { tops, total: tops[sections.length] ?? 0 };
}

/** Height of the heading. Pixels. */
export function measureHeading({ hasHeading }: Pick<Section, 'hasHeading'>): number {
  return hasHeading ? HEADING_HEIGHT : 0;
}

/** The section at a height, or the nearest one. */
export function findSection({ tops }: PlacedSections, y: number): number {
  return findLastAtMost(tops.subarray(0, Math.max(1, tops.length - 1)), y);
}

/** Height of the rows. Pixels. */
export function measureRows({ rows, count }: Section, geometry: Geometry, meanRatio: number): number {
  if (rows) return rows.tops[rows.count] ?? 0;
  return estimateHeight(count, geometry, meanRatio);
}

/** Height of rows whose tiles are not known. A full row lacks half a tile on average, and is stretched by as much. Pixels. */
function estimateHeight(count: number, { width, row, gap, caption }: Geometry, meanRatio: number): number {
  if (count === 0) return 0;
  const perRow = Math.max(1, (width + gap) / (meanRatio * row + gap) - 0.5);
  const height = (width - (perRow - 1) * gap) / (perRow * meanRatio);
  return Math.ceil(count / perRow) * (height + caption + gap) - gap;
}
