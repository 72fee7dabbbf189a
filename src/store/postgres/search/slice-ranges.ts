/** Which slices of time (see time-slices.ts) cover a range, so that the index finds what is in it. */
import type { TimeRange } from '../../../search/dates.ts';
import { quoteLexeme } from './index-entry.ts';
import { createSliceLexeme, SLICE_BITS } from './time-slices.ts';

/** Each is a list of the index to read: finer edges are not worth more. */
const MAX_SLICES = 20;

interface Slice {
  readonly level: number;
  readonly n: number;
}

/** A tsquery that finds at least what was created in a range; undefined if it would be too long, as for a hundred years. */
export function coverRange({ fromMs, toMs }: TimeRange): string | undefined {
  // Nothing is in an empty range, but no slices at all would be no tsquery.
  const range = { fromMs, toMs: Math.max(toMs, fromMs + 1) };
  const chosen = SLICE_BITS.map((_, finest) => listCovering(range, finest)).find(
    ({ length }) => length <= MAX_SLICES,
  );
  return chosen && `(${chosen.map(({ level, n }) => quoteLexeme(createSliceLexeme(level, n))).join(' | ')})`;
}

/** The fewest slices that cover a range, with edges of the finest level that may be used; not all if there are too many. */
function listCovering({ fromMs, toMs }: TimeRange, finest: number): Slice[] {
  const slices: Slice[] = [];
  const size = getSize(finest);
  const end = Math.ceil(toMs / size) * size;
  let at = Math.floor(fromMs / size) * size;
  while (at < end && slices.length <= MAX_SLICES) {
    let level = finest;
    while (level + 1 < SLICE_BITS.length && at % getSize(level + 1) === 0 && at + getSize(level + 1) <= end)
      level += 1;
    slices.push({ level, n: Math.floor(at / getSize(level)) });
    at += getSize(level);
  }
  return slices;
}

function getSize(level: number): number {
  return 2 ** (SLICE_BITS[level] ?? 0);
}
