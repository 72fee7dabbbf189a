/**
 * Justified rows: tiles of different widths fill rows of the same width, in their order. The same rule as the flex layout in
 * client/styles/wall.css, so that the script can take over what the browser has laid out without moving anything.
 */
import { decodeRatio } from '../../task/ratio.ts';

/** What decides the places of tiles. Pixels. */
export interface Geometry {
  readonly width: number;
  /** The least height of a picture. A row is stretched until it fills the width. */
  readonly row: number;
  /** Between tiles, in both directions. */
  readonly gap: number;
  /** Height of the line below each picture. */
  readonly caption: number;
}

/** Rows of tiles, from the top. Pixels. */
export interface Rows {
  readonly count: number;
  /** Index of each row's first tile; one more, the number of tiles. */
  readonly starts: Uint32Array;
  /** Top of each row; one more, the height of all rows. */
  readonly tops: Float64Array;
  /** Height of the pictures of each row. */
  readonly heights: Float64Array;
}

export interface Place {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  /** Of the picture, without its caption. */
  readonly height: number;
}

/** Of all byte values, computed once. */
const RATIOS = Float64Array.from({ length: 256 }, (_, byte) => decodeRatio(byte));

/**
 * @param ratios one byte for each tile (see task/ratio.ts)
 * @param lead so many tiles at the start stand in rows of their own: those that are new do not change the rows that are seen
 */
export function justifyRows(ratios: Uint8Array, geometry: Geometry, lead = 0): Rows {
  const { width, row, gap, caption } = geometry;
  const starts = new Uint32Array(ratios.length + 1);
  const tops = new Float64Array(ratios.length + 1);
  const heights = new Float64Array(ratios.length);
  let count = 0;
  let sum = 0;
  let top = 0;
  const endRow = (end: number, isLast: boolean) => {
    const start = starts[count] ?? 0;
    const stretched = (width - (end - start - 1) * gap) / sum;
    const height = isLast ? Math.min(row, stretched) : stretched;
    heights[count] = height;
    tops[count] = top;
    top += height + caption + gap;
    count += 1;
    starts[count] = end;
    sum = 0;
  };
  for (let at = 0; at < ratios.length; at += 1) {
    const ratio = RATIOS[ratios[at] ?? 0] ?? 1;
    const before = at - (starts[count] ?? 0);
    const isFull = (sum + ratio) * row + before * gap > width;
    if (before > 0 && (isFull || at === lead)) endRow(at, !isFull);
    sum += ratio;
  }
  if (sum > 0) endRow(ratios.length, true);
  tops[count] = Math.max(0, top - gap);
  return {
    count,
    starts: starts.subarray(0, count + 1),
    tops: tops.subarray(0, count + 1),
    heights: heights.subarray(0, count),
  };
}

/** The row of a tile. @param index of a tile that there is */
export function findRowOfTile({ starts, count }: Rows, index: number): number {
  return findLastAtMost(starts.subarray(0, count), index);
}

/** Where a tile stands. */
export function placeTile(rows: Rows, ratios: Uint8Array, { gap }: Geometry, index: number): Place {
  const row = findRowOfTile(rows, index);
  const start = rows.starts[row] ?? 0;
  const height = rows.heights[row] ?? 0;
  let x = 0;
  for (let at = start; at < index; at += 1) x += (RATIOS[ratios[at] ?? 0] ?? 1) * height + gap;
  return { x, y: rows.tops[row] ?? 0, width: (RATIOS[ratios[index] ?? 0] ?? 1) * height, height };
}

/** Index of the last value that is not greater; 0 if all are. @param values ascending */
export function findLastAtMost(values: ArrayLike<number>, limit: number): number {
  let low = 0;
  let high = values.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if ((values[middle] ?? 0) <= limit) low = middle;
    else high = middle - 1;
  }
  return low;
}
