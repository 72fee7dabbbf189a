/** Months, layouts and places of the wall as JSON. */
import { formatIsoTime } from '../lib/iso-time.ts';
import { encodeCursor } from '../search/cursor.ts';
import { formatPeriod, parseMonth } from '../search/dates.ts';
import type { Histogram } from '../store/contract/search.ts';
import type { WallLayout, WallPlace, WallRequest } from '../store/contract/wall.ts';
import type { TaskState } from '../task/state.ts';
import type { WallLayoutView, WallMonthsView, WallPlaceView } from './wall-schema.ts';

const STATE_CODES: Readonly<Record<TaskState, number>> = { pending: 0, succeeded: 1, failed: 2 };
const STATES_PER_BYTE = 4;

/** @param histogram by month, oldest first */
export function serializeMonths(
  { bars, countedAtMs }: Histogram,
  { sort, timeZone }: { sort: WallRequest['sort']; timeZone: string },
): Pick<WallMonthsView, 'items' | 'total' | 'counted_at'> {
  const items = bars.map(({ fromMs, count }) => {
    const month = formatPeriod('month', fromMs, timeZone);
    const toMs = parseMonth(month, timeZone)?.toMs ?? fromMs;
    return { month, from: formatIsoTime(fromMs), to: formatIsoTime(toMs), count };
  });
  return {
    items: sort === 'newest' ? items.reverse() : items,
    total: items.reduce((sum, { count }) => sum + count, 0),
    counted_at: formatIsoTime(countedAtMs),
  };
}

export function serializeLayout({
  states,
  ratios,
  cursors,
}: WallLayout): Pick<WallLayoutView, 'count' | 'ratios' | 'states' | 'cursors'> {
  return {
    count: states.length,
    ratios: Buffer.from(ratios).toString('base64'),
    states: Buffer.from(packStates(states)).toString('base64'),
    cursors: cursors.map(encodeCursor),
  };
}

export function serializePlace(
  { id, createdAtMs, index, count, previous, next }: WallPlace,
  timeZone: string,
): Pick<WallPlaceView, 'id' | 'month' | 'index' | 'count' | 'previous' | 'next'> {
  const month = formatPeriod('month', createdAtMs, timeZone);
  return { id, month, index, count, previous: previous ?? null, next: next ?? null };
}

function packStates(states: readonly TaskState[]): Uint8Array {
  const packed = new Uint8Array(Math.ceil(states.length / STATES_PER_BYTE));
  for (const [at, state] of states.entries()) {
    const byte = Math.floor(at / STATES_PER_BYTE);
    packed[byte] = (packed[byte] ?? 0) | (STATE_CODES[state] << (2 * (at % STATES_PER_BYTE)));
  }
  return packed;
}
