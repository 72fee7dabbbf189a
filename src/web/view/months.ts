/** Which tiles are of a month. */
import type { MonthCount, TileData } from './data.ts';

/** @returns whether a tile is of the month, whose bounds are read once for many tiles */
export function createMonthTest({
  from,
  to,
}: Pick<MonthCount, 'from' | 'to'>): (tile: Pick<TileData, 'created_at'>) => boolean {
  const [fromMs, toMs] = [Date.parse(from), Date.parse(to)];
  return ({ created_at }) => {
    const ms = Date.parse(created_at);
    return ms >= fromMs && ms < toMs;
  };
}
