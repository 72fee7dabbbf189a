/** The questions that are asked of every size, and how long each takes. */
import { join } from 'node:path';
import { systemClock } from '../../src/lib/clock.ts';
import { parseQuery } from '../../src/search/parser.ts';
import type { SearchPage, SearchRequest } from '../../src/store/contract/search.ts';
import type { Store } from '../../src/store/contract/store.ts';
import { openDatabase } from '../../src/store/sqlite/database.ts';
import { openStore } from '../../src/store/sqlite/open.ts';
import { scanFacets } from '../../src/store/sqlite/search/facets.ts';

export interface Timing {
  readonly p50: number;
  readonly p95: number;
}

const NOW = Date.UTC(2026, 10, 9);
const CONTEXT = { timeZone: 'UTC', nowMs: NOW };
const ROUNDS = 60;

/** Texts by what they stand for; also what the other ways are asked. */
export const QUESTIONS = {
  'rare word': ['axolotl', 'zeppelin', 'saxophone', 'obsidian'],
  'very common word': ['a', 'the', 'with', 'and'],
  'two words': ['white cat', 'red car', 'light portrait', 'woman dress'],
  phrase: ['"oil painting"', '"film grain"', '"soft light"', '"wide angle"'],
  'prefix of three letters': ['cat*', 'pho*', 'lig*', 'mou*'],
  'Chinese run of two': ['风格', '水墨', '背景', '一只'],
} as const;

export function createRequest(text: string, more: Partial<SearchRequest> = {}): SearchRequest {
  return { query: parseQuery(text, CONTEXT), filter: {}, sort: 'newest', limit: 20, nowMs: NOW, ...more };
}

/** Percentiles of the milliseconds that `ask` takes, in turns over all values. */
export async function timed<T>(
  values: readonly T[],
  ask: (value: T) => unknown,
  rounds = ROUNDS,
): Promise<Timing> {
  for (const value of values) await ask(value);
  const times: number[] = [];
  for (let round = 0; round < rounds; round += 1) {
    for (const value of values) {
      const started = performance.now();
      await ask(value);
      times.push(performance.now() - started);
    }
  }
  times.sort((a, b) => a - b);
  return { p50: percentile(times, 0.5), p95: percentile(times, 0.95) };
}

/** @param sorted ascending */
export function percentile(sorted: readonly number[], share: number): number {
  return sorted[Math.floor(sorted.length * share)] ?? Number.NaN;
}

export async function benchQueries(dataDir: string): Promise<Map<string, Timing>> {
  const store = await openStore({ dataDir, clock: systemClock, mode: 'owner' });
  const timings = new Map<string, Timing>();
  const common = QUESTIONS['very common word'];
  for (const [name, texts] of Object.entries(QUESTIONS)) {
    timings.set(name, await timed(texts, (text) => store.search(createRequest(text))));
  }
  const months = ['on:2025-01', 'on:2025-06', 'on:2026-03', 'after:30d'];
  timings.set(
    'dates and a word',
    await timed(months, (month) => store.search(createRequest(`with ${month}`))),
  );
  timings.set('page 50 by cursor', await timed(await fiftieth(store, common), (page) => store.search(page)));
  timings.set(
    'relevance',
    await timed(common, (text) => store.search(createRequest(text, { sort: 'relevance' }))),
  );
  timings.set(
    'relevance, rare word',
    await timed(QUESTIONS['rare word'], (text) => store.search(createRequest(text, { sort: 'relevance' }))),
  );
  timings.set(
    'group=prompt',
    await timed(QUESTIONS['two words'], (text) => store.search(createRequest(text, { groupByPrompt: true }))),
  );
  const question = (text: string) => ({ ...createRequest(text), by: 'month', timeZone: 'UTC' }) as const;
  const facets = (text: string) => store.facets(question(text));
  timings.set('facets, two words', await timed(QUESTIONS['two words'], facets));
  timings.set('facets, everything', await timed([''], facets));
  const db = openDatabase(join(dataDir, 'mirror.db'), { readonly: true, isMapped: true });
  const scan = (text: string) => scanFacets(db, question(text), 0);
  timings.set('facets, everything, by reading all tasks', await timed([''], scan));
  db.raw.close();
  timings.set('stats', await timed([NOW], (nowMs) => store.stats(nowMs)));
  timings.set('suggestions', await timed(['c', 'ca', 'cat', 'por'], (text) => store.suggest(text, 10)));
  await store.close();
  return timings;
}

/** The requests for page 50 of each text. */
async function fiftieth(store: Store, texts: readonly string[]): Promise<SearchRequest[]> {
  const result: SearchRequest[] = [];
  for (const text of texts) {
    let next: SearchRequest = createRequest(text);
    for (let page = 1; page < 50; page += 1) {
      const found: SearchPage = await store.search(next);
      if (!found.next) break;
      next = createRequest(text, { after: found.next });
    }
    result.push(next);
  }
  return result;
}
