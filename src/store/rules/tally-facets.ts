/** Counts matches by model, size, action, state, and over time, from rows in any order. */
import { createPeriodFinder, type TimeRange } from '../../search/dates.ts';
import type { FacetCount, FacetRequest, Facets } from '../contract/search.ts';
import { QUARTER_MS } from './day-histogram.ts';

/** The counted values of a match. */
type Values = [state: string, model: string | null, size: string | null, action: string | null];
export type FacetRow = [...Values, createdAtMs: number];
/** The values that several matches have. */
export type ValueRow = [...Values, count: number];

export type ValueFacets = Omit<Facets, 'histogram'>;

type Counts = Map<string | null, number>;
type CheckInterrupt = (() => void) | undefined;

const ROWS_PER_CHECK = 128;

/** @param checkInterrupt called now and then; what it throws ends the count */
export function tallyFacets(
  rows: Iterable<FacetRow>,
  { by, timeZone }: Pick<FacetRequest, 'by' | 'timeZone'>,
  checkInterrupt?: () => void,
): Facets {
  const values = createValueTally();
  const quarters = new Map<number, number>();
  for (const row of checkNowAndThen(rows, checkInterrupt)) {
    values.add(row, 1);
    add(quarters, Math.floor(row[4] / QUARTER_MS), 1);
  }
  return { ...values.read(), histogram: sumPeriods(quarters, createPeriodFinder(by, timeZone)) };
}

/** The same without the histogram. */
export function tallyValues(rows: Iterable<ValueRow>, checkInterrupt?: () => void): ValueFacets {
  const values = createValueTally();
  for (const row of checkNowAndThen(rows, checkInterrupt)) values.add(row, row[4]);
  return values.read();
}

/** The histogram alone. */
export function tallyTimes(
  createdAtMs: Iterable<number>,
  { by, timeZone }: Pick<FacetRequest, 'by' | 'timeZone'>,
  checkInterrupt?: () => void,
): Facets['histogram'] {
  const quarters = new Map<number, number>();
  for (const ms of checkNowAndThen(createdAtMs, checkInterrupt))
    add(quarters, Math.floor(ms / QUARTER_MS), 1);
  return sumPeriods(quarters, createPeriodFinder(by, timeZone));
}

function createValueTally() {
  const states: Counts = new Map();
  const models: Counts = new Map();
  const sizes: Counts = new Map();
  const actions: Counts = new Map();
  let total = 0;
  return {
    add: ([state, model, size, action]: FacetRow | ValueRow, count: number): void => {
      total += count;
      add(states, state, count);
      add(models, model, count);
      add(sizes, size, count);
      add(actions, action, count);
    },
    read: (): ValueFacets => ({
      total,
      states: sortByCount(states),
      models: sortByCount(models),
      sizes: sortByCount(sizes),
      actions: sortByCount(actions),
    }),
  };
}

function* checkNowAndThen<T>(rows: Iterable<T>, checkInterrupt: CheckInterrupt): Generator<T> {
  let at = 0;
  for (const row of rows) {
    if (checkInterrupt && at % ROWS_PER_CHECK === 0) checkInterrupt();
    at += 1;
    yield row;
  }
}

function add<Key>(counts: Map<Key, number>, key: Key, count: number): void {
  counts.set(key, (counts.get(key) ?? 0) + count);
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
