/** What people type who half remember a prompt, over a small extract of real ones, with a fixed clock. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { SearchPageView } from '../../src/views/search-schema.ts';
import { documentText, numberedIds } from '../helpers/documents.ts';
import { startTestMirror } from '../helpers/test-mirror.ts';

const NOW = Date.UTC(2026, 10, 25, 12);
const PROMPTS = readFileSync(join(import.meta.dirname, '../data/remembered.jsonl'), 'utf8')
  .trim()
  .split('\n')
  .map((line) => JSON.parse(line) as { prompt: string; created_at: string });
const IDS = numberedIds(PROMPTS.length);
/** An id of its own kind: those above share their beginning. */
const KNOWN_ID = '5bc8fbbc-98ae-4f3d-9b1a-0a6c2f0d7e11';

type Search = (q: string, more?: Record<string, string>) => Promise<SearchPageView>;

async function startSearch(): Promise<Search> {
  const mirror = await startTestMirror();
  mirror.clock.set(NOW - mirror.clock.now());
  const documents = PROMPTS.map(({ prompt, created_at }, at) =>
    documentText({
      id: at === 0 ? KNOWN_ID : (IDS[at] ?? ''),
      prompt,
      model: at % 2 === 0 ? 'flux-dev' : 'flux-pro-1.1',
      createdAt: Date.parse(`${created_at}T10:00:00Z`) / 1000,
    }),
  );
  mirror.simulator.seed(documents);
  await mirror.post({ action: 'retrieve_batch', limit: 1000 });
  const search: Search = async (q, more = {}) => {
    const params = { q, match: 'close', sort: 'relevance', group: 'prompt', tz: 'UTC', ...more };
    const answer = await mirror.get(`/api/search?${new URLSearchParams(params)}`);
    return (await answer.json()) as SearchPageView;
  };
  await search('first'); // starts the search thread, for counting other readings ends after a time
  return search;
}

const firstFive = ({ items }: SearchPageView) => items.slice(0, 5);

/** A query, and what one of the first five hits is: its prompt, and when it was made. */
const QUESTIONS: readonly (readonly [q: string, prompt: RegExp, date: string])[] = [
  ['that cat picture from March', /a blurry picture of a cat/, '2026-03'],
  ['cat march 2026', /\bcat\b/, '2026-03'],
  ['cat last week', /black cat lies/, '2026-11'],
  ['cat on:march', /\bcat\b/, '2026-03'],
  ['cat on:"3 days ago"', /black cat lies/, '2026-11-22'],
  ['猫 三月', /猫|貓/, '2026-03'],
  ['三月的猫', /猫|貓/, '2026-03'],
  ['猫 on:2026年3月', /猫|貓/, '2026-03'],
  ['caat', /\bcat\b/, ''],
  ['photgraph of a mountian', /photograph.*mountain/, ''],
  ['白色的猫', /白色猫/, ''],
  ['红色的汽车', /汽车/, ''],
  ['海边日落', /海.*日落|日落|海边/, ''],
  ['猫の写真', /猫|写真/, ''],
  ['东京的夜晚', /東京|东京/, ''],
  ['東京の夜', /東京|东京/, ''],
  ['貓', /白猫|橘猫/, ''],
  ['猫', /猫/, ''],
  ['賽博龐克', /賽博龐克/, ''],
  ['赛博朋克', /赛博朋克/, ''],
  ['女人 賽博朋克', /赛博朋克/, ''],
  ['women portrait', /woman portrait|portrait of a young woman/, ''],
  ['the cat on the sofa', /cat.*sofa/, ''],
  ['sunsets over the ocean', /sunset over the ocean/, ''],
  ['cyber punk city', /cyberpunk city/, ''],
  ['oilpainting', /oil painting/, ''],
  ['cat or dog', /a dog and a cat/, ''],
  ['black and white portrait', /black and white portrait/, ''],
  ['小猫在窗台上', /窗台/, ''],
  ['castel of a kign', /castle of the king/, ''],
  ['pirat shi', /a pirate ship/, ''],
];

test('one of the first five hits is what was meant', async () => {
  const search = await startSearch();
  for (const [q, prompt, date] of QUESTIONS) {
    const found = firstFive(await search(q));
    const meant = found.filter((hit) => prompt.test(hit.prompt) && hit.created_at.startsWith(date));
    expect(meant.length, `${q}: ${JSON.stringify(found.map((hit) => hit.prompt))}`).toBeGreaterThan(0);
  }
});

test('a pasted id, its beginning, and the link of an image find their task', async () => {
  const search = await startSearch();
  for (const q of [KNOWN_ID, KNOWN_ID.slice(0, 8), `https://img.example/${KNOWN_ID}.png`])
    expect(firstFive(await search(q)).map(({ id }) => id)).toContain(KNOWN_ID);
});

test('each script and each region finds the other', async () => {
  const search = await startSearch();
  const found = async (q: string) => (await search(q, { limit: '20' })).items.map(({ id }) => id).sort();
  expect(await found('貓')).toEqual(await found('猫'));
  const [mainland, taiwan] = [await found('赛博朋克'), await found('賽博龐克')];
  expect(mainland).toEqual(taiwan);
  expect(mainland.length).toBeGreaterThanOrEqual(4);
});

const READINGS = [
  ['that cat picture from March', 'on:2026-03'],
  ['cat last week', 'on:2026-W47'],
  ['三月的猫', 'on:2026-03'],
  [KNOWN_ID, `id:${KNOWN_ID}`],
] as const;

test('what was understood is said', async () => {
  const search = await startSearch();
  for (const [q, as] of READINGS) expect((await search(q)).understood.map((one) => one.as)).toEqual([as]);
});

/** A query, and the one that is offered; undefined when it finds nothing, and so must not be. */
const OFFERS: readonly (readonly [q: string, query: string, reason: string | undefined])[] = [
  ['caat sofa', 'cat sofa', 'spelling'],
  ['oilpainting', 'oil painting', 'spelling'],
  ['cyber punk city', 'cyberpunk city', 'spelling'],
  ['women portrait beautiful', 'woman portrait beautiful', 'spelling'],
  ['flux-dev cat', 'model:flux-dev cat', 'field'],
  ['flux dev cat', 'model:flux-dev cat', 'field'],
  ['flux-pro cat', 'model:flux-pro* cat', 'field'],
  ['model:flux-pro cat', 'model:flux-pro* cat', 'spelling'],
  ['model:flux-dve cat', 'model:flux-dev cat', 'spelling'],
  ['march cat', 'on:2026-03 cat', 'date'],
  ['protest from October', 'protest "from October"', undefined],
];

test('other readings and spellings are offered, with what they find', async () => {
  const search = await startSearch();
  for (const [q, query, reason] of OFFERS) {
    const { did_you_mean } = await search(q);
    const offered = did_you_mean.find((one) => one.query === query);
    expect(offered?.reason, `${q}: ${JSON.stringify(did_you_mean)}`).toBe(reason);
    if (offered) expect((await search(query, { match: 'exact' })).total, query).toBe(offered.total);
  }
});

test('an empty answer counts the query without each of its parts', async () => {
  const search = await startSearch();
  const { total, without } = await search('sofa white -cat', { match: 'exact' });
  expect(total).toBe(0);
  for (const { part, query, total: count } of without)
    expect([part, count]).toEqual([part, (await search(query, { match: 'exact' })).total]);
  expect(without.map(({ part, total: count }) => [part, count])).toEqual([
    ['sofa', expect.any(Number)],
    ['white', 0],
    ['-cat', 1],
  ]);
});

test('a model that nothing has names those that there are', async () => {
  const search = await startSearch();
  const { values } = await search('model:flux-ultra');
  expect(values).toEqual([
    {
      field: 'model',
      values: [
        { value: 'flux-dev', count: PROMPTS.length / 2 },
        { value: 'flux-pro-1.1', count: PROMPTS.length / 2 },
      ],
    },
  ]);
});

test('in the order of time, close matches are said to be some', async () => {
  const search = await startSearch();
  const { items, notes, total } = await search('caat', { sort: 'newest' });
  expect([total, items[0]?.match]).toEqual([0, 'close']);
  expect(notes).toContain('nothing matches exactly; these come close, the best first, whatever their time');
  expect((await search('cat', { sort: 'newest' })).notes).toEqual([]);
});
