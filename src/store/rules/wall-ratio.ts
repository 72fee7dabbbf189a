/** The ratio of a tile on the wall. */
import { findRatioOfSize, SQUARE } from '../../task/ratio.ts';

/** Takes a ratio, or the size that was asked for: of those there are few, and parsing one costs as much as reading a row. */
export function createRatioFinder(): (shape: number | string | null) => number {
  const known = new Map<string, number>();
  return (shape) => {
    if (typeof shape !== 'string') return shape ?? SQUARE;
    const ratio = known.get(shape) ?? findRatioOfSize(shape);
    known.set(shape, ratio);
    return ratio;
  };
}
