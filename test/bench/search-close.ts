/** How long close matches take, against exact matches by relevance in the same run. */
import { systemClock } from '../../src/lib/clock.ts';
import { dropSmallWords } from '../../src/search/close/match-mode.ts';
import type { SearchRequest } from '../../src/store/contract/search.ts';
import { openStore } from '../../src/store/sqlite/open.ts';
import { createCloseQuestions } from './close-questions.ts';
import { createRequest, percentile, QUESTIONS, type Timing } from './search-queries.ts';
import { median, type Row } from './table.ts';

const ROUNDS = 3;
const EXACT_ROUNDS = 15;
const FULL_PAGE_ROUNDS = 20;
const MATCHES = ['exact', 'close'] as const;
/** Tasks from which a rare word has so many matches that ranking them is work. */
const MEANINGFUL_FROM = 1_000_000;

/**
 * All in turns, so that what slows the machine slows all of them. Prompts are folded, as the gallery asks for them.
 * @param size the number of tasks
 */
export async function benchCloseMatches(
  dataDir: string,
  prompts: readonly string[],
  size: number,
): Promise<Row[]> {
  const store = await openStore({ dataDir, clock: systemClock, mode: 'owner' });
  const rare = QUESTIONS['rare word'].map((text) => createRanked(text, 'exact'));
  const questions = Object.entries(createCloseQuestions(prompts)).map(
    ([kind, texts]) => [kind, texts.map((text) => createRanked(text, 'close'))] as const,
  );
  const exact: number[] = [];
  const close = new Map(questions.map(([kind]) => [kind, [] as number[]]));
  const ask = async (request: SearchRequest) => {
    const started = performance.now();
    await store.search(request);
    return performance.now() - started;
  };
  for (const request of [...rare, ...questions.flatMap(([, requests]) => requests)]) await ask(request);
  for (let round = 0; round < ROUNDS; round += 1) {
    for (let again = 0; again < EXACT_ROUNDS; again += 1)
      for (const request of rare) exact.push(await ask(request));
    for (const [kind, requests] of questions)
      for (const request of requests) close.get(kind)?.push(await ask(request));
  }
  const fullPages = { exact: [] as number[], close: [] as number[] };
  for (let round = 0; round < FULL_PAGE_ROUNDS; round += 1)
    for (const text of QUESTIONS['very common word'])
      for (const match of round % 2 === 0 ? MATCHES : MATCHES.toReversed())
        fullPages[match].push(await ask(createRanked(text, match)));
  await store.close();
  return listRows({
    exact: computeTiming(exact),
    close,
    share: median(fullPages.exact) / median(fullPages.close),
    size,
  });
}

/** A question as a person would ask it, ranked; close matches leave out the small words. */
export function createRanked(text: string, match: 'exact' | 'close'): SearchRequest {
  const typed = createRequest(text, { sort: 'relevance', match, groupByPrompt: true });
  return match === 'exact' ? typed : { ...typed, query: dropSmallWords(typed.query).query };
}

interface Measured {
  readonly exact: Timing;
  /** Milliseconds by kind of question. */
  readonly close: ReadonlyMap<string, readonly number[]>;
  readonly share: number;
  readonly size: number;
}

function listRows({ exact, close, share, size }: Measured): Row[] {
  const rows = Array.from(close, ([kind, times]): Row => {
    const timing = computeTiming(times);
    return {
      what: `best match with close matches: ${kind}`,
      value: `${describe(timing)}: ${(timing.p95 / exact.p95).toFixed(2)} × rare word`,
      ...(size < MEANINGFUL_FROM ? {} : { wanted: 'at most 2 ×; p95 at most 250 ms, target 150' }),
    };
  });
  return [
    { what: 'best match, exact: rare word', value: describe(exact) },
    ...rows,
    {
      what: 'a full page of exact matches: time of exact / close',
      value: share.toFixed(2),
      wanted: 'at least 0.95',
    },
  ];
}

function computeTiming(times: readonly number[]): Timing {
  const sorted = [...times].sort((a, b) => a - b);
  return { p50: percentile(sorted, 0.5), p95: percentile(sorted, 0.95) };
}

function describe({ p50, p95 }: Timing): string {
  return `p50 ${p50.toFixed(1)} ms, p95 ${p95.toFixed(1)} ms`;
}
