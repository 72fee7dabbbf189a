/** Counts matches by model, size, action, state, and over time, from rows in any order. */
import { createPeriodFinder, type TimeRange } from '../../search/dates.ts';
import type { FacetCount, Facets, HistogramBar, HistogramRequest } from '../contract/search.ts';
import { QUARTER_MS } from './day-histogram.ts';

/** The counted values, and how many matches have them. */
export type ValueRow = [
  state: string,
  model: string | null,
  size: string | null,
  action: string | null,
  count: number,
];

/** How many matches were created in a quarter of an hour since 1970. */
export type QuarterRow = [quarter: number, count: number];

export type ValueFacets = Omit<Facets, 'histogram' | 'tags'>;

type Counts = Map<string | null, number>;

const ROWS_PER_CHECK = 128;

/** @param checkInterrupt called now and then; what it throws ends the count */
export function tallyValues(rows: Iterable<ValueRow>, checkInterrupt?: () => void): ValueFacets {
  const states: Counts = new Map();
  const models: Counts = new Map();
  const sizes: Counts = new Map();
  const actions: Counts = new Map();
  let total = 0;
  let read = 0;
  for (const [state, model, size, action, count] of rows) {
    if (read++ % ROWS_PER_CHECK === 0) checkInterrupt?.();
    total += count;
    add(states, state, count);
    add(models, model, count);
    add(sizes, size, count);
    add(actions, action, count);
  }
  return {
    total,
    states: sortByCount(states),
    models: sortByCount(models),
    sizes: sortByCount(sizes),
    actions: sortByCount(actions),
  };
}

/** The bars of a histogram: in every time zone, periods start on a quarter of an hour. */
export function sumQuarters(
  rows: Iterable<QuarterRow>,
  { by, timeZone }: Pick<HistogramRequest, 'by' | 'timeZone'>,
): HistogramBar[] {
  const findPeriod = createPeriodFinder(by, timeZone);
  const bars: { fromMs: number; count: number }[] = [];
  let period: TimeRange | undefined;
  for (const [quarter, count] of [...rows].sort(([a], [b]) => a - b)) {
    const ms = quarter * QUARTER_MS;
    const bar = bars.at(-1);
    if (bar && period && ms < period.toMs) {
      bar.count += count;
      continue;
    }
    period = findPeriod(ms);
    bars.push({ fromMs: period.fromMs, count });
  }
  return bars;
}

/** Adds up the bars of the same periods. @returns in ascending order of time */
export function mergeBars(bars: Iterable<HistogramBar>): HistogramBar[] {
  const counts = new Map<number, number>();
  for (const { fromMs, count } of bars) add(counts, fromMs, count);
  return Array.from(counts, ([fromMs, count]) => ({ fromMs, count })).sort((a, b) => a.fromMs - b.fromMs);
}

function add<Key>(counts: Map<Key, number>, key: Key, count: number): void {
  counts.set(key, (counts.get(key) ?? 0) + count);
}

function sortByCount(counts: Counts): FacetCount[] {
  return Array.from(counts, ([value, count]) => ({ value, count })).sort(
    (a, b) => b.count - a.count || String(a.value).localeCompare(String(b.value)),
  );
}
