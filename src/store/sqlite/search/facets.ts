/** Counts of all matches by model, size, action, state, and over time. One pass over the narrow index. */
import { periodStarts } from '../../../search/dates.ts';
import type { FacetCount, FacetRequest, Facets } from '../../contract/search.ts';
import type { Sqlite } from '../database.ts';
import { params, where } from '../filter-sql.ts';
import { searchSql } from './search-sql.ts';

type Row = [
  state: string,
  model: string | null,
  size: string | null,
  action: string | null,
  createdAt: number,
];

/** @param drift how far behind its time's slot a row may stand */
export function countFacets(
  db: Sqlite,
  { query, filter, by, timeZone }: FacetRequest,
  drift: number,
): Facets {
  const sql = searchSql(db, query, filter, drift);
  const rows = db.raw
    .prepare<unknown[], Row>(
      `SELECT tasks.state, tasks.model, tasks.size, tasks.action, tasks.created_at
       FROM ${sql.narrowFrom} ${where(sql.conditions)}`,
    )
    .raw()
    .iterate(...params(sql.conditions));

  const counts = Array.from({ length: 4 }, () => new Map<string | null, number>());
  const [states, models, sizes, actions] = counts as [Counts, Counts, Counts, Counts];
  const quarters = new Map<number, number>();
  let total = 0;
  for (const [state, model, size, action, createdAt] of rows) {
    total += 1;
    add(states, state);
    add(models, model);
    add(sizes, size);
    add(actions, action);
    add(quarters, Math.floor(createdAt / QUARTER_MS));
  }
  return {
    total,
    states: ranked(states),
    models: ranked(models),
    sizes: ranked(sizes),
    actions: ranked(actions),
    histogram: bars(quarters, (fromMs, toMs) => periodStarts(by, fromMs, toMs, timeZone)),
  };
}

type Counts = Map<string | null, number>;

/** Every time zone's days begin at a quarter of an hour. */
const QUARTER_MS = 15 * 60_000;

function add<Key>(counts: Map<Key, number>, key: Key): void {
  counts.set(key, (counts.get(key) ?? 0) + 1);
}

function ranked(counts: Counts): FacetCount[] {
  return Array.from(counts, ([value, count]) => ({ value, count })).sort(
    (a, b) => b.count - a.count || String(a.value).localeCompare(String(b.value)),
  );
}

function bars(
  quarters: ReadonlyMap<number, number>,
  startsBetween: (fromMs: number, toMs: number) => number[],
): Facets['histogram'] {
  const sorted = [...quarters].sort(([a], [b]) => a - b);
  const [first, last] = [sorted[0], sorted.at(-1)];
  if (!first || !last) return [];
  const starts = startsBetween(first[0] * QUARTER_MS, last[0] * QUARTER_MS);
  const result: { fromMs: number; count: number }[] = [];
  let period = 0;
  for (const [quarter, count] of sorted) {
    while ((starts[period + 1] ?? Number.POSITIVE_INFINITY) <= quarter * QUARTER_MS) period += 1;
    const fromMs = starts[period] ?? 0;
    const bar = result.at(-1);
    if (bar?.fromMs === fromMs) bar.count += count;
    else result.push({ fromMs, count });
  }
  return result;
}
