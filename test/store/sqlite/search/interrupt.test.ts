import { expect, test } from 'vitest';
import { openStore } from '../../../../src/store/sqlite/open.ts';
import { document, numberedIds } from '../../../helpers/documents.ts';
import { ManualClock } from '../../../helpers/manual-clock.ts';
import { SEARCH_NOW, searchRequest } from '../../../helpers/search.ts';
import { openTestStore, temporaryDirectory } from '../../../helpers/test-mirror.ts';

const TASKS = 4000;

test('to group by prompt reads a prompt that was run often a few times, not once for each of its tasks', async () => {
  const dataDir = temporaryDirectory();
  const writer = await openTestStore(dataDir);
  const documents = numberedIds(TASKS).map((id, at) =>
    document({
      id,
      prompt: 'hoping the cat',
      createdAt: SEARCH_NOW / 1000 - at * 7.75,
      state: at % 2 === 0 ? 'failed' : 'succeeded',
    }),
  );
  await writer.storeDocuments({ documents, requestSeq: 1, fetchedAtMs: SEARCH_NOW });
  let checks = 0;
  const checkInterrupt = () => {
    checks += 1;
  };
  const store = await openStore({ dataDir, clock: new ManualClock(), mode: 'reader', checkInterrupt });
  for (const [text, total] of [
    ['cat', 1],
    ['cat state:failed', 1],
    ['cat -(hop* (the state:succeeded))', 1],
    ['the (cat (hoping OR state:pending) -(dog (h* state:failed)))', 1],
    ['cat (cat OR state:pending) -(cat state:failed) (hoping state:succeeded)', 1],
    ['cat (the (hoping state:pending))', 0],
    ['cat (the (cat hoping -dog -(dog (cat OR state:failed))))', 1],
    ['state:failed the (cat (h* hoping -x* -(dog (cat OR state:pending))))', 1],
  ] as const) {
    checks = 0;
    expect(await store.search(searchRequest(text, { groupByPrompt: true })), text).toMatchObject({ total });
    // One check in 128 rows or so. To read all tasks once for each would make 100,000.
    expect(checks, text).toBeLessThan(2000);
  }
  await store.close();
});

test('every kind of search and list can be ended while it runs, and the next one works', async () => {
  const dataDir = temporaryDirectory();
  const writer = await openTestStore(dataDir);
  const documents = numberedIds(TASKS).map((id, at) =>
    document({
      id,
      // Half of them share one prompt; hoping has the stem of hope, so that hope* must read prompts.
      prompt: at % 2 === 0 ? 'hoping the cat' : `hopeful the dog ${at}`,
      createdAt: SEARCH_NOW / 1000 - at * 7.75,
    }),
  );
  await writer.storeDocuments({ documents, requestSeq: 1, fetchedAtMs: SEARCH_NOW });

  let checks = 0;
  let limit = Number.POSITIVE_INFINITY;
  const ended = new Error('ended');
  const store = await openStore({
    dataDir,
    clock: new ManualClock(),
    mode: 'reader',
    checkInterrupt: () => {
      checks += 1;
      if (checks > limit) throw ended;
    },
  });
  const facets = (text: string) => store.facets({ ...searchRequest(text), by: 'day', timeZone: 'UTC' });
  const histogram = (text: string, more = {}) =>
    store.histogram({ ...searchRequest(text), by: 'day', timeZone: 'UTC', ...more });
  const wallRequest = (text: string, more = {}) =>
    ({ ...searchRequest(text), sort: 'newest', groupByPrompt: false, ...more }) as const;
  const month = { fromMs: SEARCH_NOW - 31 * 86_400_000, toMs: SEARCH_NOW + 86_400_000 };
  const layout = (text: string, more = {}) =>
    store.layout({ ...wallRequest(text, more), month, sliceSize: 100 });
  const kinds: Record<string, () => unknown> = {
    'operators that the stored counts decide in part': () => facets('model:flux*'),
    'a word': () => facets('the'),
    'what no task has': () => store.search(searchRequest('the model:none')),
    'operators alone': () => store.search(searchRequest('seed:1 OR model:none')),
    'a negation': () => facets('-dog'),
    'a negation that nothing satisfies': () => store.search(searchRequest('-the')),
    'a prefix that reads prompts': () => facets('hope*'),
    alternatives: () => facets('cat OR -dog'),
    groups: () => store.search(searchRequest('the model:none', { groupByPrompt: true })),
    'groups of a word': () => store.search(searchRequest('the', { groupByPrompt: true })),
    'prompts near another': () => store.findNearPrompts(numberedIds(2)[1]),
    relevance: () => store.search(searchRequest('the', { sort: 'relevance' })),
    'large pages': () => store.search(searchRequest('', { limit: 1000 })),
    'a negation and a word': () => store.search(searchRequest('the -hope* model:none')),
    'a histogram of operators': () => histogram('model:flux*'),
    'a histogram of a word': () => histogram('the'),
    'a histogram of all prompts': () => histogram('', { groupByPrompt: true }),
    'a histogram of prompts with a word': () => histogram('the', { groupByPrompt: true }),
    'a layout': () => layout(''),
    'a layout of prompts': () => layout('the', { groupByPrompt: true }),
    'a place': () => store.place({ ...wallRequest('the'), id: numberedIds(1)[0], timeZone: 'UTC' }),
    'days of another zone': () => store.activity({ by: 'day', timeZone: 'Pacific/Auckland' }),
    'a far page of the history': () => store.list({}, { limit: 20, offset: 1e9 }),
  };
  for (const [kind, run] of Object.entries(kinds)) {
    limit = Number.POSITIVE_INFINITY;
    checks = 0;
    await run();
    expect(checks, kind).toBeGreaterThan(5);
    checks = 0;
    limit = 5;
    await expect(Promise.resolve().then(run), kind).rejects.toBe(ended);
    expect(checks, kind).toBe(6);
  }
  limit = Number.POSITIVE_INFINITY;
  expect(await store.search(searchRequest('cat'))).toMatchObject({ total: 1000, totalIsExact: false });
  await store.close();
});
