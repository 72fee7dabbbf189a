/**
 * The bars of a histogram from the number of tasks of each UTC day. Only days that a bar's edge or a bound of the request
 * divides must be counted, and of those only the shorter side. The result is the one of tally-facets.ts.
 */
import type { TimeRange } from '../../search/dates.ts';
import type { HistogramBar } from '../contract/search.ts';

/** In every time zone, days start on a quarter of an hour. */
export const QUARTER_MS = 15 * 60_000;
export const DAY_MS = 86_400_000;

export interface DayCount {
  /** Days since 1970-01-01 UTC. */
  readonly day: number;
  readonly count: number;
}

interface DayHistogramDeps {
  /** Called with ascending times. */
  findPeriod(ms: number): TimeRange;
  /** Counts the tasks created in [fromMs, toMs), which is part of one day. */
  countBetween(fromMs: number, toMs: number): number;
}

/** @param days in ascending order */
export function sumDays(
  days: Iterable<DayCount>,
  { fromMs = Number.NEGATIVE_INFINITY, toMs = Number.POSITIVE_INFINITY }: Partial<TimeRange>,
  { findPeriod, countBetween }: DayHistogramDeps,
): HistogramBar[] {
  const bars: { fromMs: number; count: number }[] = [];
  let period: TimeRange = { fromMs: Number.NEGATIVE_INFINITY, toMs: Number.NEGATIVE_INFINITY };
  let endMs = Number.NEGATIVE_INFINITY;
  for (const { day, count } of days) {
    const start = day * DAY_MS;
    const countBefore = createRank(start, count, countBetween);
    const to = Math.min(start + DAY_MS, toMs);
    let at = Math.max(start, fromMs);
    let before = countBefore(at);
    while (at < to) {
      if (at >= endMs) {
        const quarter = Math.floor(at / QUARTER_MS) * QUARTER_MS;
        period = findPeriod(quarter);
        endMs = Math.max(Math.ceil(period.toMs / QUARTER_MS) * QUARTER_MS, quarter + QUARTER_MS);
      }
      at = Math.min(endMs, to);
      const until = countBefore(at);
      addToBars(bars, period.fromMs, until - before);
      before = until;
    }
  }
  return bars;
}

/** Creates a function that counts the tasks of a day before a time. */
function createRank(
  start: number,
  count: number,
  countBetween: DayHistogramDeps['countBetween'],
): (ms: number) => number {
  const end = start + DAY_MS;
  return (ms) => {
    if (ms <= start) return 0;
    if (ms >= end) return count;
    return ms - start <= DAY_MS / 2 ? countBetween(start, ms) : count - countBetween(ms, end);
  };
}

function addToBars(bars: { fromMs: number; count: number }[], fromMs: number, count: number): void {
  if (count === 0) return;
  const last = bars.at(-1);
  if (last?.fromMs === fromMs) last.count += count;
  else bars.push({ fromMs, count });
}
