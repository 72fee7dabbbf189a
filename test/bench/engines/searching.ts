/** How much longer searches take in a large mirror than in a small one. */
import type { Store } from '../../../src/store/contract/store.ts';
import { createCloseQuestions } from '../close-questions.ts';
import { createRanked } from '../search-close.ts';
import { createRequest, QUESTIONS, type Timing, timed } from '../search-queries.ts';
import type { Row } from '../table.ts';

const KINDS = ['very common word', 'phrase', 'Chinese run of two', 'two words', 'rare word'] as const;
/** Growth of p95: those that have a limit. */
const WANTED: Readonly<Record<string, string>> = {
  'very common word': 'at most 4 ×',
  phrase: 'at most 4 ×',
  'Chinese run of two': 'at most 4 ×',
  'close matches': 'at most 5 ×',
};

export async function timeSearches(
  store: Store,
  prompts: readonly string[],
): Promise<ReadonlyMap<string, Timing>> {
  const timings = new Map<string, Timing>();
  for (const kind of KINDS)
    timings.set(kind, await timed(QUESTIONS[kind], (text) => store.search(createRequest(text))));
  const questions = Object.values(createCloseQuestions(prompts)).flat();
  const close = questions.map((text) => createRanked(text, 'close'));
  timings.set('close matches', await timed(close, (request) => store.search(request), CLOSE_ROUNDS));
  return timings;
}

const CLOSE_ROUNDS = 5;

/** @param timings by the number of tasks */
export function describeSearches(
  engine: string,
  timings: ReadonlyMap<number, ReadonlyMap<string, Timing>>,
): Row[] {
  const sizes = [...timings.keys()].sort((a, b) => a - b);
  const [small, large] = [timings.get(sizes.at(0) ?? 0), timings.get(sizes.at(-1) ?? 0)];
  return [...(small ?? [])].map(([kind, { p95 }]) => {
    const ofKind = sizes.map((size) => timings.get(size)?.get(kind));
    const wanted = engine === 'PostgreSQL' ? WANTED[kind] : undefined;
    return {
      what: `${engine}: ${kind}, p50 / p95`,
      value: `${ofKind.map((timing) => (timing ? describeTiming(timing) : '')).join(', ')}: ${((large?.get(kind)?.p95 ?? Number.NaN) / p95).toFixed(1)} ×`,
      ...(wanted === undefined ? {} : { wanted }),
    };
  });
}

function describeTiming({ p50, p95 }: Timing): string {
  return `${p50.toFixed(1)} / ${p95.toFixed(1)} ms`;
}
