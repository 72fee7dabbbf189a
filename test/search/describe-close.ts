/** Close matches over real prompts: each says truly in what it differs, and strict parts are never violated (see oracle.ts). */
import { expect, test } from 'vitest';
import { dropSmallWords } from '../../src/search/close/match-mode.ts';
import { decodeCursor, encodeCursor } from '../../src/search/cursor.ts';
import { parseQuery } from '../../src/search/parser.ts';
import { createSeededRandom } from '../../src/simulator/random.ts';
import type { Hit, SearchPage, SearchRequest } from '../../src/store/contract/search.ts';
import type { Store } from '../../src/store/contract/store.ts';
import { getPrompt } from '../../src/task/document.ts';
import type { TaskId } from '../../src/task/id.ts';
import { findAlternatives } from '../../src/views/alternatives.ts';
import { document, numberedIds } from '../helpers/documents.ts';
import { readPrompts } from '../helpers/prompts.ts';
import { SEARCH_CONTEXT, SEARCH_NOW, searchRequest } from '../helpers/search.ts';
import { contains, type OracleTask, oracleWords } from './oracle.ts';

const QUERIES = Number(process.env.ORACLE_QUERIES ?? 60);
const SEED = Number(process.env.ORACLE_SEED ?? 1);
const MODELS = ['flux-dev', 'flux-pro'];

type CloseStore = Pick<Store, 'storeDocuments' | 'nextRequestSeq' | 'search' | 'facets'>;

/** A query, and what a hit must have, whatever else it lacks. */
interface StrictQuery {
  readonly text: string;
  readonly isAllowed: (task: OracleTask) => boolean;
}

async function fill(
  store: CloseStore,
  prompts: readonly string[],
  { from = 0, userId = 'mine', isLater = false } = {},
): Promise<OracleTask[]> {
  const ids = numberedIds(from + prompts.length).slice(from);
  const tasks = prompts.map(
    (prompt, at): OracleTask => ({
      id: ids[at] as TaskId,
      // What is stored first is older than what is added later.
      createdAtMs: SEARCH_NOW + (isLater ? from + at : -((at * 7919) % 400)) * 86_400_000,
      state: 'succeeded',
      model: MODELS[at % 2] ?? '',
      size: '1024x1024',
      prompt,
      words: oracleWords(prompt),
      links: [],
      sha256: undefined,
    }),
  );
  await store.storeDocuments({
    documents: tasks.map(({ id, prompt, createdAtMs, model }) =>
      document({
        id,
        prompt,
        createdAt: createdAtMs / 1000,
        model,
        more: { request: { prompt, model }, user_id: userId },
      }),
    ),
    requestSeq: await store.nextRequestSeq(),
    fetchedAtMs: SEARCH_NOW,
  });
  return tasks;
}

const search = (store: CloseStore, request: SearchRequest): Promise<SearchPage> | SearchPage =>
  store.search({ ...request, ...dropSmallWords(request.query), sort: 'relevance', match: 'close' });

function createQueries(tasks: readonly OracleTask[], seed: number): () => StrictQuery {
  const random = createSeededRandom(seed);
  const below = (limit: number) => Math.floor(random() * limit);
  const pick = <Item>(list: readonly Item[]): Item => list[below(list.length)] as Item;
  const pickWords = () => {
    const { words } = pick(tasks.filter(({ words: all }) => all.length > 3));
    return Array.from({ length: 1 + below(3) }, () => pick(words).letters);
  };
  const misspell = (word: string) => {
    const at = 1 + below(Math.max(1, word.length - 2));
    return word.length < 5 ? word : word.slice(0, at) + word.slice(at + 1);
  };
  const strict: readonly (() => StrictQuery)[] = [
    () => ({ text: '', isAllowed: () => true }),
    () => {
      const { words } = pick(tasks.filter(({ words: all }) => all.length > 3));
      const at = below(words.length - 1);
      const run = words.slice(at, at + 2);
      const text = `"${run.map(({ letters }) => letters).join(' ')}"`;
      return {
        text,
        isAllowed: (task) =>
          contains(
            task,
            run.map((word) => word.stem),
          ),
      };
    },
    () => {
      const [word = ''] = pickWords();
      const stems = oracleWords(word).map((one) => one.stem);
      return { text: `-${word}`, isAllowed: (task) => !contains(task, stems) };
    },
    () => {
      const model = pick(MODELS);
      return { text: `model:${model}`, isAllowed: (task) => task.model === model };
    },
    () => ({
      text: 'on:2025-12',
      isAllowed: (task) => new Date(task.createdAtMs).toISOString().startsWith('2025-12'),
    }),
  ];
  return () => {
    const loose = [...pickWords(), ...(below(2) === 0 ? pickWords().map(misspell) : [])];
    const { text, isAllowed } = pick(strict)();
    return { text: `${loose.join(below(3) === 0 ? '' : ' ')} ${text}`.trim(), isAllowed };
  };
}

const stemsOf = (text: string) => oracleWords(text).map(({ stem }) => stem);

function expectTruth(task: OracleTask, { close }: Hit, text: string): void {
  if (!close) return;
  const { missing, corrected, wordForms } = close.difference;
  for (const word of missing)
    expect([text, word, contains(task, stemsOf(word))]).toEqual([text, word, false]);
  for (const { from, to } of [...corrected, ...wordForms]) {
    expect([text, to, contains(task, stemsOf(to))]).toEqual([text, to, true]);
    expect([text, from, contains(task, stemsOf(from))]).toEqual([text, from, false]);
  }
}

/** @param openStore opens an empty mirror, up to three for a test */
export function describeCloseMatches(openStore: () => Promise<CloseStore>): void {
  test(`close matches of ${QUERIES} queries violate no strict part, and say truly in what they differ`, async () => {
    const store = await openStore();
    const tasks = await fill(store, readPrompts());
    const byId = new Map(tasks.map((task) => [task.id, task]));
    const nextQuery = createQueries(tasks, SEED);
    let closeHits = 0;
    for (let at = 0; at < QUERIES; at += 1) {
      const { text, isAllowed } = nextQuery();
      const request = searchRequest(text, { limit: 100 });
      const { hits, total } = await search(store, request);
      const exact = await store.search({ ...request, ...dropSmallWords(request.query), sort: 'relevance' });
      expect([text, total]).toEqual([text, exact.total]);
      expect(hits.filter(({ close }) => !close).map(({ task }) => task.id)).toEqual(
        exact.hits.map(({ task }) => task.id),
      );
      const firstClose = hits.findIndex(({ close }) => close !== undefined);
      if (firstClose >= 0) expect(hits.slice(firstClose).every(({ close }) => close)).toBe(true);
      for (const hit of hits) {
        const task = byId.get(hit.task.id) as OracleTask;
        expect([text, task.prompt, isAllowed(task)]).toEqual([text, task.prompt, true]);
        expectTruth(task, hit, text);
      }
      closeHits += hits.filter(({ close }) => close).length;
    }
    expect(closeHits).toBeGreaterThan(QUERIES * 5);
  }, 600_000);

  test('pages go from exact into close matches without repeating or skipping one, while others are added', async () => {
    const store = await openStore();
    const prompts = readPrompts();
    const tasks = await fill(store, [...prompts, ...prompts.slice(0, 300)]);
    const nextQuery = createQueries(tasks, SEED + 1);
    let added = tasks.length;
    for (let at = 0; at < 12; at += 1) {
      const { text } = nextQuery();
      const groupByPrompt = at % 2 === 0;
      const all = await search(store, searchRequest(text, { limit: 1000, groupByPrompt }));
      const found: string[] = [];
      let hasAdded = false;
      let page = await search(store, searchRequest(text, { limit: 7, groupByPrompt }));
      for (;;) {
        found.push(...page.hits.map(({ task }) => task.id));
        if (!page.next || found.length > 1500) break;
        if (page.next.close && !hasAdded) {
          // Newer than anything else: what is added meanwhile is not part of the pages.
          hasAdded = true;
          const more = prompts.slice(0, 5).map((prompt) => `${prompt} ${added}`);
          await fill(store, more, { from: added, isLater: true });
          added += more.length;
        }
        page = await search(store, searchRequest(text, { limit: 7, groupByPrompt, after: page.next }));
      }
      expect([text, new Set(found).size]).toEqual([text, found.length]);
      expect([text, found.slice(0, all.hits.length)]).toEqual([text, all.hits.map(({ task }) => task.id)]);
    }
  }, 600_000);

  test('a caller with limits gets what a mirror of its own tasks alone would give', async () => {
    const prompts = readPrompts();
    const [own, others] = [prompts.slice(0, 500), prompts.slice(500, 1500)];
    const [shared, alone] = [await openStore(), await openStore()];
    const tasks = await fill(alone, own);
    await fill(shared, own);
    await fill(shared, others, { from: own.length, userId: 'others' });
    const filter = { within: { userIds: ['mine'], applicationIds: [] } };
    // Words of the others' prompts as well: whether they are known must not show.
    const nextQuery = createQueries(
      [
        ...tasks,
        ...others.map((prompt) => ({ ...(tasks[0] as OracleTask), prompt, words: oracleWords(prompt) })),
      ],
      SEED + 2,
    );
    for (let at = 0; at < 40; at += 1) {
      const { text } = nextQuery();
      const answer = async (store: CloseStore) => {
        const request = { ...searchRequest(text, { limit: 20, filter }), groupByPrompt: at % 2 === 0 };
        const page = await search(store, request);
        const alternatives = await findAlternatives(store, {
          query: request.query,
          filter,
          nowMs: SEARCH_NOW,
          parse: (other) => parseQuery(other, SEARCH_CONTEXT),
          isEmpty: page.total === 0,
          started: performance.now(),
        });
        const hits = page.hits.map(({ task, close }) => [task.id, getPrompt(task.text), close]);
        return { text, hits, alternatives, plan: page.closeRanking?.plan, total: page.closeRanking?.total };
      };
      expect(await answer(shared)).toEqual(await answer(alone));
    }
  }, 600_000);

  test('in the order of time, close matches appear only when nothing matches exactly', async () => {
    const store = await openStore();
    await fill(store, ['a red cat', 'a red dog', 'a blue dog']);
    const inTime = async (text: string) =>
      (await store.search({ ...searchRequest(text), match: 'close' })).hits.map(({ task, close }) => [
        getPrompt(task.text),
        close !== undefined,
      ]);
    expect(await inTime('red dog')).toEqual([['a red dog', false]]);
    expect((await inTime('red dgo')).every(([, isClose]) => isClose)).toBe(true);
    expect(await inTime('red dgo')).toContainEqual(['a red dog', true]);
  });

  test('a page of close matches of a very long run has a cursor that is valid', async () => {
    const store = await openStore();
    await fill(
      store,
      Array.from({ length: 30 }, (_, at) => `一只猫 ${at}`),
    );
    const { next, closeRanking } = await search(store, searchRequest('猫'.repeat(900), { limit: 10 }));
    expect(closeRanking?.plan.pieces.map(({ text }) => text.length)).toEqual(expect.arrayContaining([64]));
    if (next) expect(decodeCursor(encodeCursor(next), 'relevance')).toEqual(next);
  });
}
