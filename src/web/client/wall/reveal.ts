/** How far the wall must be moved to show a tile. Pure; all in pixels. */

/** `visible`: it is enough to see a part of the tile; `nearest`: all of it. */
export type Alignment = 'visible' | 'nearest';

interface Situation {
  /** Of the tile's row, on the wall. */
  readonly top: number;
  readonly height: number;
  /** Whether it is the first row of the wall. */
  readonly isFirst: boolean;
  /** Of the window's top on the wall. */
  readonly place: number;
  /** Height of the window. */
  readonly screen: number;
  /** What covers the top of the window. */
  readonly header: number;
  readonly align: Alignment;
}

/** Between the tile and what it would touch. */
const MARGIN = 8;

/** @returns the place on the wall of the window's top; undefined if nothing has to move */
export function findPlaceToReveal(situation: Situation): number | undefined {
  const { top, height, isFirst, place, screen, header, align } = situation;
  const [above, below] = [place + header, place + screen];
  if (align === 'visible' && top + height > above && top < below) return undefined;
  // With what stands above the wall.
  if (isFirst) return Number.NEGATIVE_INFINITY;
  if (top < above) return top - header - MARGIN;
  return top + height > below ? top + height - screen + MARGIN : undefined;
}
