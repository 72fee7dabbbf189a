/** Calls that only read. */
import fc from 'fast-check';
import { dropSmallWords } from '../../../../src/search/close/match-mode.ts';
import { createPeriodFinder } from '../../../../src/search/dates.ts';
import type { NearPrompts, SearchRequest } from '../../../../src/store/contract/search.ts';
import type { TaskFilter } from '../../../../src/store/contract/tasks.ts';
import { searchRequest } from '../../../helpers/search.ts';
import { sortOpenOrder } from './normalize.ts';
import { type Call, createCalls, type Session } from './session.ts';
import { IDS, id, ids, LIMITS, limits } from './values.ts';

const MAX_PAGES = 4;
const DAY_MS = 86_400_000;

const queryText = fc.constantFrom(
  ...['', 'cat', 'cats', 'white cat', '"a white cat"', 'sail*', '猫', '-cat', '(dogs OR sailor)', 'zurich'],
  ...[
    'state:failed',
    'model:flux-dev cat',
    'is:starred',
    'is:hidden',
    'tag:poster',
    'tag:p*',
    'rating:>=3',
    'rating:0',
  ],
  ...[
    'has:note',
    'print',
    '"to print" OR night',
    'after:2026-02',
    '00000000-0000-4000-8000-00000000000',
    'whte sialor',
  ],
);
const filter: fc.Arbitrary<TaskFilter> = fc.constantFrom<TaskFilter>(
  {},
  {},
  ...LIMITS.map((within) => ({ within })),
  { values: { state: ['succeeded', 'failed'] } },
  { values: { model: ['flux-dev'], size: ['16:9'] }, includesHidden: true },
  { fromMs: Date.UTC(2026, 1, 20), toMs: Date.UTC(2026, 2, 14, 11) },
);
const sort = fc.constantFrom('newest', 'oldest', 'relevance');
const timeOrder = fc.constantFrom('newest', 'oldest');
const unit = fc.constantFrom('day', 'month', 'year');
const timeZone = fc.constantFrom('UTC', 'Asia/Kolkata');

const searchChoice = fc.record({
  text: queryText,
  filter,
  sort,
  limit: fc.constantFrom(1, 3, 20),
  groupByPrompt: fc.boolean(),
  withUses: fc.boolean(),
  match: fc.constantFrom('exact', 'close'),
});

async function readPages({ store, clock }: Session, { text, ...choice }: SearchChoice): Promise<unknown[]> {
  const { query } = searchRequest(text);
  const required = choice.match === 'close' ? dropSmallWords(query).query : query;
  const request: SearchRequest = { query: required, ...choice, nowMs: clock.now() };
  const pages = [await store.search(request)];
  for (let next = pages[0]?.next; next && pages.length < MAX_PAGES; next = pages.at(-1)?.next)
    pages.push(await store.search({ ...request, after: next }));
  return pages;
}
type SearchChoice = typeof searchChoice extends fc.Arbitrary<infer Choice> ? Choice : never;

/** Likely to be similar, they are in no order. */
function sortNearPrompts(found: NearPrompts | undefined): NearPrompts | undefined {
  return found && { ...found, prompts: sortOpenOrder(found.prompts, ({ task }) => task.id) };
}

const read = (
  name: string,
  ask: (session: Session, ids: typeof IDS) => unknown,
): fc.WeightedArbitrary<Call> => ({
  weight: 1,
  arbitrary: createCalls(name, ids, ask),
});

export const readCalls: fc.WeightedArbitrary<Call>[] = [
  { weight: 6, arbitrary: createCalls('search', searchChoice, readPages) },
  {
    weight: 2,
    arbitrary: createCalls(
      'facets',
      fc.record({ text: queryText, filter, by: unit, timeZone }),
      ({ store }, { text, ...choice }) => store.facets({ query: searchRequest(text).query, ...choice }),
    ),
  },
  {
    weight: 1,
    arbitrary: createCalls(
      'histogram',
      fc.record({ text: queryText, filter, by: unit, timeZone, groupByPrompt: fc.boolean() }),
      ({ store }, { text, ...choice }) => store.histogram({ query: searchRequest(text).query, ...choice }),
    ),
  },
  {
    weight: 2,
    arbitrary: createCalls(
      'findMatching',
      fc.record({ text: queryText, filter }),
      ({ store }, { text, filter: own }) =>
        store.findMatching({ query: searchRequest(text).query, filter: own, ids: IDS }),
    ),
  },
  {
    weight: 1,
    arbitrary: createCalls(
      'findSimilar',
      fc.record({ id, filter, limit: fc.constantFrom(1, 20), groupByPrompt: fc.boolean() }),
      ({ store }, choice) => store.findSimilar({ query: searchRequest('').query, ...choice }),
    ),
  },
  {
    weight: 1,
    arbitrary: createCalls(
      'layout',
      fc.record({
        text: queryText,
        filter,
        sort: timeOrder,
        groupByPrompt: fc.boolean(),
        monthsAgo: fc.nat(2),
      }),
      ({ store, clock }, { text, monthsAgo, ...choice }) =>
        store.layout({
          ...{ query: searchRequest(text).query, ...choice, sliceSize: 2 },
          month: createPeriodFinder('month', 'UTC')(clock.now() - monthsAgo * 30 * DAY_MS),
        }),
    ),
  },
  {
    weight: 1,
    arbitrary: createCalls(
      'place',
      fc.record({ text: queryText, filter, sort: timeOrder, groupByPrompt: fc.boolean(), id, timeZone }),
      ({ store }, { text, ...choice }) => store.place({ query: searchRequest(text).query, ...choice }),
    ),
  },
  {
    weight: 2,
    arbitrary: createCalls(
      'what is like a task',
      fc.record({ id, within: limits }),
      async ({ store }, { id: one, within }) => [
        sortNearPrompts(await store.findNearPrompts(one, within)),
        await store.findChain(one, within),
        await store.findSamePrompt({ id: one, limit: 2, within }),
      ],
    ),
  },
  {
    weight: 1,
    arbitrary: createCalls(
      'list',
      fc.record({ filter, limit: fc.constantFrom(1, 5, 100), offset: fc.constantFrom(0, 2) }),
      ({ store }, { filter: own, ...page }) => store.list(own, page),
    ),
  },
  {
    weight: 1,
    arbitrary: createCalls(
      'activity',
      fc.record({ within: limits, fromMs: fc.constantFrom(0, Date.UTC(2026, 2, 1)), by: unit, timeZone }),
      ({ store }, { within, ...periods }) => store.activity({ ...periods, ...(within && { within }) }),
    ),
  },
  {
    weight: 1,
    arbitrary: createCalls(
      'words',
      fc.record({ prefix: fc.constantFrom('a', 'c', 'sa', 'p', '白'), within: limits }),
      async ({ store }, { prefix, within }) => [
        await store.suggest(prefix, 5, within),
        await store.tags({ prefix, limit: 3, within }),
      ],
    ),
  },
  {
    weight: 1,
    arbitrary: createCalls(
      'findIds',
      fc.record({
        length: fc.constantFrom(6, 35, 36),
        limit: fc.constantFrom(2, 100),
        within: limits,
        onlyDocuments: fc.boolean(),
      }),
      ({ store }, { length, ...search }) => store.findIds((IDS[3] ?? '').slice(0, length), search),
    ),
  },
  {
    weight: 1,
    arbitrary: createCalls(
      'tracked',
      fc.record({ limit: fc.constantFrom(2, 100), offset: fc.constantFrom(0, 1), within: limits }),
      ({ store }, page) => store.tracked(page),
    ),
  },
  read('get', ({ store }, some) => Promise.all(some.map((one) => store.get(one)))),
  read('getMany', ({ store }, some) => store.getMany(some)),
  read('concatFinished', ({ store }, some) => store.concatFinished([...some, ...some.slice(0, 1)])),
  read('filterTracked', ({ store }, some) => store.filterTracked(some)),
  read('marksOf', async ({ store }, some) => sortOpenOrder(await store.marksOf(some), ({ id: one }) => one)),
  read('imagesOf', async ({ store }, some) => [await store.imagesOf(some), await store.ratiosOf(some)]),
  read('what is due', async ({ store, clock }) => [
    await store.countDue(clock.now()),
    await store.countDueImages({ nowMs: clock.now(), limit: 3 }),
  ]),
  read('readCircuit', ({ store, clock }) => store.readCircuit(clock.now())),
];
