/** The search of a store against a brute-force reading of the same prompts, in all scripts (see oracle.ts). */
import { hash } from 'node:crypto';
import { expect } from 'vitest';
import { createSeededRandom } from '../../src/simulator/random.ts';
import type { Store } from '../../src/store/contract/store.ts';
import { archivedImage, document, numberedIds } from '../helpers/documents.ts';
import { readPrompts } from '../helpers/prompts.ts';
import { SEARCH_NOW, searchRequest } from '../helpers/search.ts';
import { tries } from '../helpers/thorough.ts';
import { contains, type OracleQuery, type OracleTask, oracleWords } from './oracle.ts';

export const ORACLE_QUERIES = Number(process.env.ORACLE_QUERIES ?? tries(70, 5000));
const SEED = Number(process.env.ORACLE_SEED ?? 1);
const DAY = 86_400_000;
const MODELS = ['flux-dev', 'flux-pro', 'flux-pro-1.1', 'flux-2-max'];
const SIZES = ['1024x1024', '16:9'];
const STATES = ['succeeded', 'failed', 'pending'] as const;

const random = createSeededRandom(SEED);
const below = (limit: number) => Math.floor(random() * limit);
function pick<T>(list: readonly T[]): T {
  return list[below(list.length)] as T;
}

/** What a store must have to be checked. */
export type OracleStore = Pick<
  Store,
  'storeDocuments' | 'nextRequestSeq' | 'archiveImage' | 'search' | 'findMatching' | 'facets'
>;

async function fill(store: OracleStore): Promise<OracleTask[]> {
  const prompts = readPrompts();
  const ids = numberedIds(prompts.length * 2);
  // Several tasks may have an image.
  const anyLink = () => `https://cdn.example/a-${below(200)}.png`;
  const tasks = ids.map((id, at): OracleTask => {
    // Some prompts repeat; times come in bursts, and out of order.
    const prompt = prompts[at < prompts.length ? at : below(prompts.length / 10)] as string;
    const createdAtMs = SEARCH_NOW - below(400) * DAY - below(3) * 7;
    const state = pick(STATES);
    return {
      id,
      createdAtMs,
      state,
      links: state === 'succeeded' ? Array.from({ length: 1 + below(2) }, anyLink) : [],
      sha256: state === 'succeeded' && below(3) === 0 ? computeHash(below(50)) : undefined,
      model: pick(MODELS),
      size: pick(SIZES),
      prompt,
      words: oracleWords(prompt),
    };
  });
  const documents = tasks.map(({ id, prompt, createdAtMs, state, model, size, links }) =>
    document({
      id,
      prompt,
      createdAt: createdAtMs / 1000,
      state: state as 'pending',
      model,
      more: { request: { prompt, model, size }, ...createResponse(links) },
    }),
  );
  await store.storeDocuments({
    documents,
    requestSeq: await store.nextRequestSeq(),
    fetchedAtMs: SEARCH_NOW,
  });
  for (const { id, sha256 } of tasks) {
    if (sha256 === undefined) continue;
    await store.archiveImage({ taskId: id, n: 0 }, archivedImage(sha256), SEARCH_NOW);
  }
  return tasks;
}

function createResponse(links: readonly string[]): { response?: unknown } {
  return links.length === 0 ? {} : { response: { data: links.map((url) => ({ image_url: url })) } };
}

function computeHash(seed: number): string {
  return hash('sha256', String(seed));
}

/** What identifies a task: the beginning of its id, a link or a hash. Each is also a text. */
function reference(tasks: readonly OracleTask[]): OracleQuery {
  const { id, links, sha256 } = pick(tasks.filter((task) => task.links.length > 0));
  const means = (text: string, isMeant: OracleQuery['means']): OracleQuery => {
    const stems = oracleWords(text).map(({ stem }) => stem);
    return { text, means: (task) => isMeant(task) || contains(task, stems) };
  };
  switch (below(3)) {
    case 0: {
      const prefix = id.slice(0, 8 + below(29));
      return means(below(2) ? prefix : prefix.toUpperCase(), (task) => task.id.startsWith(prefix));
    }
    case 1: {
      if (sha256 === undefined) return reference(tasks);
      const place = pick(['', '/images/', 'https://mirror.example/base/thumbs/']);
      return means(`${place}${sha256}`, (task) => task.sha256 === sha256);
    }
    default: {
      const link = pick(links);
      return means(link, (task) => task.links.includes(link));
    }
  }
}

/** A query of one thing that a prompt of the corpus has, or nearly has. */
function leaf(tasks: readonly OracleTask[]): OracleQuery {
  const { words } = pick(tasks);
  if (words.length === 0) return leaf(tasks);
  const at = below(words.length);
  const run = words.slice(at, at + 1 + below(4));
  const first = run[0] as (typeof run)[number];
  const stems = run.map(({ stem }) => stem);
  const text = run.map(({ letters }) => letters).join(' ');
  switch (below(10)) {
    case 9:
    case 8:
      return reference(tasks);
    case 0:
      return { text: `"${text}"`, means: (task) => contains(task, stems) };
    case 1: {
      if (!first.isWord) return leaf(tasks);
      const beginning = Array.from(first.letters)
        .slice(0, 1 + below(6))
        .join('');
      return { text: `${beginning}*`, means: (task) => contains(task, [], beginning) };
    }
    case 2: {
      const model = pick(MODELS);
      return { text: `model:${model}`, means: (task) => task.model === model };
    }
    case 3: {
      const state = pick(STATES);
      return { text: `state:${state}`, means: (task) => task.state === state };
    }
    case 4: {
      const month = `2025-${String(1 + below(12)).padStart(2, '0')}`;
      const isIn = (task: OracleTask) => new Date(task.createdAtMs).toISOString().startsWith(month);
      return { text: `on:${month}`, means: isIn };
    }
    case 5: {
      // As people write Chinese: a run without spaces.
      const solo = run.filter(({ isWord }) => !isWord);
      if (solo.length !== run.length) return leaf(tasks);
      return { text: run.map(({ letters }) => letters).join(''), means: (task) => contains(task, stems) };
    }
    default:
      return { text: first.letters, means: (task) => contains(task, [first.stem]) };
  }
}

function query(tasks: readonly OracleTask[], depth: number): OracleQuery {
  const kind = depth === 0 ? 0 : below(7);
  const [a, b] = [queryPart(tasks, depth), queryPart(tasks, depth)];
  switch (kind) {
    case 1:
    case 2:
      return { text: `${a.text} ${b.text}`, means: (task) => a.means(task) && b.means(task) };
    case 3:
      return { text: `${a.text} -${b.text}`, means: (task) => a.means(task) && !b.means(task) };
    case 4:
      return { text: `(${a.text} OR ${b.text})`, means: (task) => a.means(task) || b.means(task) };
    case 5:
      return { text: `-${a.text}`, means: (task) => !a.means(task) };
    case 6:
      return { text: `(${a.text} OR -${b.text})`, means: (task) => a.means(task) || !b.means(task) };
    default:
      return a;
  }
}

/** A part of a query: in parentheses unless it is a leaf. */
function queryPart(tasks: readonly OracleTask[], depth: number): OracleQuery {
  if (depth === 0 || below(2) === 0) return leaf(tasks);
  const part = query(tasks, depth - 1);
  return { text: `(${part.text})`, means: part.means };
}

const newestFirst = (a: OracleTask, b: OracleTask) => b.createdAtMs - a.createdAtMs || (a.id < b.id ? 1 : -1);

/** @param store an empty mirror */
export async function checkAgainstOracle(store: OracleStore): Promise<void> {
  const tasks = await fill(store);
  let hits = 0;
  for (let at = 0; at < ORACLE_QUERIES; at += 1) {
    const { text, means } = query(tasks, 2);
    const expected = tasks.filter(means).sort(newestFirst);
    const found: string[] = [];
    let page = await store.search(searchRequest(text, { limit: 1000 }));
    expect(page.total, `${text} (seed ${SEED}, query ${at})`).toBe(Math.min(expected.length, 1000));
    for (;;) {
      found.push(...page.hits.map(({ task }) => task.id));
      if (!page.next || found.length >= 2000) break;
      page = await store.search(searchRequest(text, { limit: 1000, after: page.next }));
    }
    const wanted = expected.map(({ id }) => id).slice(0, found.length < 2000 ? undefined : found.length);
    expect(found, `${text} (seed ${SEED}, query ${at})`).toEqual(wanted);
    hits += found.length;
    const { query: parsed, filter } = searchRequest(text);
    const some = tasks.slice(at, at + 200).map(({ id }) => id);
    const isExpected = new Set(expected.map(({ id }) => id));
    expect(await store.findMatching({ query: parsed, filter, ids: some }), text).toEqual(
      some.filter((id) => isExpected.has(id)),
    );

    if (at % 10 > 0) continue;
    const facets = await store.facets({ ...searchRequest(text), by: 'month', timeZone: 'UTC' });
    expect([text, facets.total]).toEqual([text, expected.length]);
    const byModel = Object.fromEntries(facets.models.map(({ value, count }) => [value, count]));
    for (const model of MODELS) {
      expect(byModel[model] ?? 0).toBe(expected.filter((task) => task.model === model).length);
    }
    expect(facets.histogram.reduce((sum, { count }) => sum + count, 0)).toBe(expected.length);
    const groups = await store.search(searchRequest(text, { limit: 50, groupByPrompt: true }));
    const firsts = [...new Map(expected.toReversed().map((task) => [task.prompt, task])).values()].sort(
      newestFirst,
    );
    expect(
      groups.hits.map(({ task, group }) => [task.id, group?.count]),
      text,
    ).toEqual(
      firsts
        .slice(0, 50)
        .map(({ id, prompt }) => [id, expected.filter((task) => task.prompt === prompt).length]),
    );
  }
  expect(hits).toBeGreaterThan(ORACLE_QUERIES * 20);
}
