/** The same documents and questions on both engines: equal answers, page by page. */
import { beforeEach, expect, test } from 'vitest';
import { dropSmallWords } from '../../../src/search/close/match-mode.ts';
import { createPeriodFinder } from '../../../src/search/dates.ts';
import { createSeededRandom } from '../../../src/simulator/random.ts';
import type { MarkRequest } from '../../../src/store/contract/marks.ts';
import type { SearchRequest } from '../../../src/store/contract/search.ts';
import type { Store } from '../../../src/store/contract/store.ts';
import { type DocumentOptions, document, numberedIds } from '../../helpers/documents.ts';
import { createTestDatabase, openPostgresTestStore } from '../../helpers/postgres.ts';
import { readPrompts } from '../../helpers/prompts.ts';
import { requireOnMachine } from '../../helpers/requirements.ts';
import { SEARCH_NOW, searchRequest } from '../../helpers/search.ts';
import { openSqliteTestStore } from '../../helpers/test-mirror.ts';
import { tries } from '../../helpers/thorough.ts';

const QUERIES = Number(process.env.ORACLE_QUERIES ?? tries(60, 2000));
const SEED = Number(process.env.ORACLE_SEED ?? 1);
const PAGES = 3;
const HOUR = 3_600_000;

beforeEach((context) => requireOnMachine(context, 'postgres'));

type ComparedStore = Pick<
  Store,
  | 'storeDocuments'
  | 'nextRequestSeq'
  | 'search'
  | 'facets'
  | 'histogram'
  | 'findMatching'
  | 'findNearPrompts'
  | 'suggest'
  | 'mark'
  | 'findSimilar'
  | 'layout'
  | 'place'
  | 'activity'
  | 'findSamePrompt'
  | 'findChain'
>;
type Question = (store: ComparedStore) => unknown;

const random = createSeededRandom(SEED);
const below = (limit: number) => Math.floor(random() * limit);
const pick = <Item>(list: readonly Item[]): Item => list[below(list.length)] as Item;

const prompts = readPrompts();
const words = prompts.join(' ').match(/[\p{L}\p{N}]+/gu) ?? [];
const links = Array.from({ length: 100 }, (_, at) => `https://cdn.example/${at}.png`);
const ids = numberedIds(prompts.length * 2);

function createDocument(at: number): DocumentOptions {
  const prompt = prompts[at < prompts.length ? at : below(prompts.length / 10)] ?? '';
  const model = pick(['flux-dev', 'flux-pro', undefined]);
  const size = pick(['1024x1024', '16:9']);
  return {
    id: ids[at] ?? '',
    prompt,
    // Different seconds: in one, each engine has its own order of what is likely to be close.
    createdAt: SEARCH_NOW / 1000 - at * 3671 * (1 + (at % 7)),
    state: pick(['succeeded', 'failed', 'pending'] as const),
    more: {
      request: {
        prompt,
        size,
        ...(model ? { model } : {}),
        ...(below(3) === 0 ? { image_url: pick(links) } : {}),
      },
      ...(below(2) === 0 ? { response: { data: [{ image_url: pick(links) }] } } : {}),
      ...{ user_id: pick(['ann', 'bob']), cost: below(50) / 1000 },
    },
  };
}

function createQuery(): string {
  const at = below(words.length);
  const [word = '', next = '', other = ''] = [words[at], words[at + 1], pick(words)];
  return pick([
    '',
    word,
    `${word} ${other}`,
    `"${word} ${next}"`,
    `${word.slice(0, 3)}*`,
    `${word}-${next.slice(0, 2)}*`,
    `-${word}`,
    `${word} -${other}`,
    `(${word} OR ${other})`,
    `(${word} OR -"${next} ${other}")`,
    `model:flux-dev ${word}`,
    `(model:flux-pro OR ${word}) state:failed`,
    'state:failed',
    pick(MARK_QUERIES),
    `${pick(MARK_QUERIES)} ${word}`,
    `(${pick(MARK_QUERIES)} OR ${word}) -${pick(MARK_QUERIES)}`,
    `on:2025-12 ${word}`,
    'after:2026-01 -state:pending',
    pick(ids).slice(0, 8 + below(20)),
  ]);
}

const MARK_QUERIES = [
  ...['is:starred', 'is:hidden', 'has:note', 'has:tag', 'tag:poster', 'tag:p*', 'rating:>=3', 'rating:0..2'],
  ...['rating:0', 'favourite', '"favourite one"', 'favour*'],
];

/** What people say of a fifth of the tasks. */
function createMarks(): MarkRequest[] {
  return ids
    .filter((_, at) => at % 5 === 0)
    .map((id) => ({
      id,
      change: {
        starred: below(2) === 0,
        rating: below(6),
        addTags: pick([[], ['poster'], ['poster', 'print']]),
        note: pick(['', `a favourite one with ${pick(words)}`]),
        hidden: below(3) === 0,
      },
    }));
}

/** Without a letter, or with two exchanged. */
function misspell(word: string): string {
  const letters = Array.from(word);
  const at = below(letters.length - 1);
  return below(2) === 0
    ? letters.toSpliced(at, 1).join('')
    : letters.toSpliced(at, 2, letters[at + 1] ?? '', letters[at] ?? '').join('');
}

const createFilter = () =>
  pick<SearchRequest['filter']>([
    {},
    {},
    { within: { userIds: ['ann'], applicationIds: [] } },
    { fromMs: SEARCH_NOW - 90 * 24 * HOUR },
    { values: { state: ['succeeded', 'failed'] }, toMs: SEARCH_NOW - 30 * 24 * HOUR },
  ]);

async function readPages(store: ComparedStore, request: SearchRequest): Promise<unknown[]> {
  const pages: unknown[] = [];
  let after: SearchRequest['after'];
  for (let n = 0; n < PAGES; n += 1) {
    const page = await store.search({ ...request, ...(after ? { after } : {}) });
    pages.push(page);
    if (!page.next) break;
    after = page.next;
  }
  return pages;
}

const ask: Record<string, () => Question> = {
  search: () => {
    const request = searchRequest(createQuery(), {
      filter: createFilter(),
      sort: pick(['newest', 'oldest', 'relevance']),
      limit: 1 + below(40),
      groupByPrompt: below(2) === 0,
      withUses: below(2) === 0,
    });
    return (store) => readPages(store, request);
  },
  close: () => {
    const word = (pick(words).length > 5 ? misspell : String)(pick(words));
    const text = `${word} ${pick(words)} ${pick(['', 'state:failed', `-${pick(words)}`, `"${pick(words)}"`])}`;
    const request = searchRequest(text, {
      filter: createFilter(),
      sort: pick(['newest', 'relevance']),
      match: 'close',
      limit: 1 + below(40),
      groupByPrompt: below(2) === 0,
    });
    const { query } = request;
    return (store) => readPages(store, { ...request, ...dropSmallWords(query) });
  },
  similar: () => {
    const { query } = searchRequest(pick(['', '', 'state:failed', 'after:2025-12']));
    const request = {
      ...{ id: pick(ids), query, filter: createFilter(), limit: 1 + below(30) },
      ...{ groupByPrompt: below(2) === 0 },
    };
    return (store) => store.findSimilar(request);
  },
  facets: () => {
    const { query } = searchRequest(createQuery());
    const request = { query, filter: createFilter(), by: pick(['day', 'month', 'year'] as const) };
    const timeZone = pick(['UTC', 'Asia/Kolkata', 'America/New_York']);
    return async (store) => ({ ...(await store.facets({ ...request, timeZone })), countedAtMs: 0 });
  },
  histogram: () => {
    const { query } = searchRequest(createQuery());
    const request = { query, filter: createFilter(), by: 'month', groupByPrompt: below(2) === 0 } as const;
    return async (store) => ({
      ...(await store.histogram({ ...request, timeZone: 'Asia/Shanghai' })),
      countedAtMs: 0,
    });
  },
  matching: () => {
    const { query } = searchRequest(createQuery());
    const request = { query, filter: createFilter(), ids: ids.slice(below(100), 300) };
    return async (store) => store.findMatching(request);
  },
  near: () => {
    const [id, within] = [pick(ids), createFilter().within];
    return (store) => store.findNearPrompts(id, within);
  },
  layout: () => {
    const { query } = searchRequest(createQuery());
    const request = {
      ...{ query, filter: createFilter(), sort: pick(['newest', 'oldest'] as const) },
      ...{ groupByPrompt: below(2) === 0, sliceSize: 1 + below(20) },
      month: createPeriodFinder('month', 'Asia/Kolkata')(SEARCH_NOW - below(400) * 24 * HOUR),
    };
    return (store) => store.layout(request);
  },
  place: () => {
    const { query } = searchRequest(pick([createQuery(), '']));
    const request = {
      ...{ query, filter: createFilter(), sort: pick(['newest', 'oldest'] as const), id: pick(ids) },
      ...{ groupByPrompt: below(2) === 0, timeZone: 'Asia/Kolkata' },
    };
    return (store) => store.place(request);
  },
  activity: () => {
    const { within, fromMs, toMs } = createFilter();
    const by = pick(['day', 'month', 'year'] as const);
    const request = { ...(within && { within }), ...(fromMs && { fromMs }), ...(toMs && { toMs }), by };
    return (store) => store.activity({ ...request, timeZone: 'Asia/Kolkata' });
  },
  samePrompt: () => {
    const request = { id: pick(ids), limit: 1 + below(5), within: createFilter().within };
    return (store) => store.findSamePrompt(request);
  },
  chain: () => {
    const [id, within] = [pick(ids), createFilter().within];
    return (store) => store.findChain(id, within);
  },
  suggest: () => {
    const prefix = pick(words).toLowerCase().slice(0, 2);
    const within = createFilter().within;
    return (store) => store.suggest(prefix, 10, within);
  },
};

test(`both engines answer ${QUERIES} random questions of each kind alike`, async () => {
  const stores: readonly ComparedStore[] = [
    await openSqliteTestStore(),
    await openPostgresTestStore(await createTestDatabase()),
  ];
  const documents = ids.map((_, at) => document(createDocument(at)));
  for (const store of stores)
    await store.storeDocuments({
      documents,
      requestSeq: await store.nextRequestSeq(),
      fetchedAtMs: SEARCH_NOW,
    });
  const marks = createMarks();
  for (const store of stores) await store.mark(marks, { nowMs: SEARCH_NOW });
  // Both count the use of words now and then.
  for (const store of stores) await store.suggest('a', 1);
  for (const [kind, createQuestion] of Object.entries(ask)) {
    for (let at = 0; at < QUERIES; at += 1) {
      const question = createQuestion();
      const [ofSqlite, ofPostgres] = await Promise.all(stores.map((store) => question(store)));
      expect({ kind, at, answer: ofPostgres }).toEqual({ kind, at, answer: ofSqlite });
    }
  }
}, 1_800_000);
