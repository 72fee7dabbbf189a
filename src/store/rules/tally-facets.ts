/** Counts matches by model, size, action, state, and over time, from rows in any order. */
import { createPeriodFinder, type TimeRange } from '../../search/dates.ts';
import type { FacetCount, FacetRequest, Facets } from '../contract/search.ts';

/** The counted values of a match. */
export type FacetRow = [
  state: string,
  model: string | null,
  size: string | null,
  action: string | null,
  createdAtMs: number,
];

type Counts = Map<string | null, number>;

const ROWS_PER_CHECK = 128;
/** In every time zone, days start on a quarter of an hour. */
const QUARTER_MS = 15 * 60_000;

/** @param checkInterrupt called now and then; what it throws ends the count */
export function tallyFacets(
  rows: Iterable<FacetRow>,
  { by, timeZone }: Pick<FacetRequest, 'by' | 'timeZone'>,
  checkInterrupt?: () => void,
): Facets {
  const states: Counts = new Map();
  const models: Counts = new Map();
  const sizes: Counts = new Map();
  const actions: Counts = new Map();
  const quarters = new Map<number, number>();
  let total = 0;
  for (const [state, model, size, action, createdAtMs] of rows) {
    if (checkInterrupt && total % ROWS_PER_CHECK === 0) checkInterrupt();
    total += 1;
    add(states, state);
    add(models, model);
    add(sizes, size);
    add(actions, action);
    add(quarters, Math.floor(createdAtMs / QUARTER_MS));
  }
  return {
    total,
    states: sortByCount(states),
    models: sortByCount(models),
    sizes: sortByCount(sizes),
    actions: sortByCount(actions),
    histogram: sumPeriods(quarters, createPeriodFinder(by, timeZone)),
  };
}

function add<Key>(counts: Map<Key, number>, key: Key): void {
  counts.set(key, (counts.get(key) ?? 0) + 1);
}

function sortByCount(counts: Counts): FacetCount[] {
  return Array.from(counts, ([value, count]) => ({ value, count })).sort(
    (a, b) => b.count - a.count || String(a.value).localeCompare(String(b.value)),
  );
}

function sumPeriods(
  quarters: ReadonlyMap<number, number>,
  findPeriod: (ms: number) => TimeRange,
): Facets['histogram'] {
  const result: { fromMs: number; count: number }[] = [];
  let endMs = Number.NEGATIVE_INFINITY;
  for (const [quarter, count] of [...quarters].sort(([a], [b]) => a - b)) {
    const ms = quarter * QUARTER_MS;
    const bar = result.at(-1);
    if (bar && ms < endMs) {
      bar.count += count;
      continue;
    }
    const period = findPeriod(ms);
    endMs = period.toMs;
    result.push({ fromMs: period.fromMs, count });
  }
  return result;
}
