/**
 * `npm run bench:marks`: searches for marks among 1,000,000 tasks of which 100,000 are marked, against the same searches without; and
 * marking 1,000 tasks against storing 1,000. BENCH_DATA names a data directory to be kept, which is filled if it is empty.
 */
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { systemClock } from '../../src/lib/clock.ts';
import { answerFacets, answerSearch } from '../../src/server/search/search-answers.ts';
import { createSeededRandom, generateId } from '../../src/simulator/random.ts';
import type { Store } from '../../src/store/contract/store.ts';
import { Database } from '../../src/store/sqlite/driver.ts';
import { openStore } from '../../src/store/sqlite/open.ts';
import { parseDocument } from '../../src/task/document.ts';
import type { TaskId } from '../../src/task/id.ts';
import { readPrompts } from '../helpers/prompts.ts';
import { compare, createTarget, type Work } from './compare.ts';
import { fillWithPrompts, mergeIndex } from './search-dataset.ts';
import { median, printTable, type Row } from './table.ts';

const TASKS = Number(process.env.BENCH_TASKS ?? 1_000_000);
const MARKED = TASKS / 10;
const WORDS = ['cat', 'woman', 'light', 'portrait', 'dragon', 'watercolor', 'night', 'robot', '猫', '风格'];
const TAGS = ['poster', 'print', 'draft', 'client a', 'client b', 'best', 'todo', 'blog', '海报', 'x'];

const random = createSeededRandom(20);
const pick = <T>(list: readonly T[]): T => list[Math.floor(random() * list.length)] as T;
const kept = process.env.BENCH_DATA;
const directory = kept ?? mkdtempSync(join(tmpdir(), 'flux-mirror-marks-'));
try {
  if (!existsSync(join(directory, 'mirror.db'))) await fillWithPrompts(directory, readPrompts(), TASKS);
  const owner = await openStore({ dataDir: directory, clock: systemClock, mode: 'owner' });
  await markSome(owner);
  const writing = await benchWriting(owner);
  await mergeIndex(owner);
  await owner.close();
  // Not a resident one, which keeps counts.
  const reader = await openStore({ dataDir: directory, clock: systemClock, mode: 'reader' });
  printTable(`Marks, ${TASKS.toLocaleString('en')} tasks, ${MARKED.toLocaleString('en')} marked`, [
    ...(await benchSearches(reader)),
    ...writing,
  ]);
  await reader.close();
} finally {
  if (kept === undefined) rmSync(directory, { recursive: true, force: true });
}

/** A tenth is marked: half of those starred, all rated or tagged, some with a note, one in fifty hidden. */
async function markSome(store: Store): Promise<void> {
  const { marks } = await store.listMarks(0, 1);
  if (marks.length > 0) return;
  const ids = readIds(MARKED);
  for (let at = 0; at < ids.length; at += 500)
    await store.mark(
      ids.slice(at, at + 500).map((id) => ({
        id,
        change: {
          starred: random() < 0.5,
          rating: Math.floor(random() * 6),
          tags: [pick(TAGS), ...(random() < 0.3 ? [pick(TAGS)] : [])],
          ...(random() < 0.05 ? { note: `asked for by the ${pick(TAGS)} department, ${pick(WORDS)}` } : {}),
          hidden: random() < 0.02,
        },
      })),
      { nowMs: systemClock.now() },
    );
}

function readIds(count: number): TaskId[] {
  const db = new Database(join(directory, 'mirror.db'), { readonly: true });
  const ids = db.prepare<[], TaskId>('SELECT id FROM tasks').pluck().all();
  db.close();
  return ids.sort(() => random() - 0.5).slice(0, count);
}

async function benchSearches(store: Store): Promise<Row[]> {
  const search = (query: string) => answerSearch(store, createTarget(query));
  const facets = (query: string) => answerFacets(store, createTarget(query));
  return [
    await compare(
      'is:starred',
      () => search(''),
      () => search('q=is:starred'),
    ),
    await compare(
      'rating:>=4',
      () => search(''),
      () => search('q=rating:%3E=4'),
    ),
    await compare(
      'tag:x',
      () => search(''),
      () => search(`tag=${encodeURIComponent(pick(TAGS))}`),
    ),
    await compare(
      'tag:x word',
      ...paired(
        (word) => search(`q=${word}`),
        (word) => search(`q=${word}&tag=${encodeURIComponent(pick(TAGS))}`),
      ),
    ),
    await compare(
      'tag:x word, best match',
      ...paired(
        (word) => search(`q=${word}&sort=relevance`),
        (word) => search(`q=${word}&sort=relevance&tag=${encodeURIComponent(pick(TAGS))}`),
      ),
    ),
    await compare(
      'is:starred word',
      ...paired(
        (word) => search(`q=${word}`),
        (word) => search(`q=${word}+is:starred`),
      ),
    ),
    await compare(
      'facet of tags, all',
      () => facets('only=model,size,action,state'),
      () => facets('only=model,size,action,state,tag'),
    ),
    await compare(
      'facet of tags, a word',
      ...paired(
        (word) => facets(`q=${word}&only=model,size,action,state`),
        (word) => facets(`q=${word}&only=model,size,action,state,tag`),
      ),
    ),
    await compare(
      'facet of tags, is:starred',
      () => facets('q=is:starred&only=model,size,action,state'),
      () => facets('q=is:starred&only=model,size,action,state,tag'),
    ),
  ];
}

function paired(
  without: (word: string) => Promise<unknown>,
  withMarks: (word: string) => Promise<unknown>,
): [Work, Work] {
  let at = 0;
  const word = () => encodeURIComponent(WORDS[Math.floor(at / 2) % WORDS.length] ?? '');
  const count = (ask: (text: string) => Promise<unknown>) => () => {
    const asked = ask(word());
    at += 1;
    return asked;
  };
  return [count(without), count(withMarks)];
}

async function benchWriting(store: Store): Promise<Row[]> {
  const ids = readIds(5000);
  const ratios: number[] = [];
  for (let round = 0; round < 5; round += 1) {
    const documents = Array.from({ length: 1000 }, () => {
      const id = generateId(random);
      const request = { action: 'generate', model: 'flux-dev', prompt: `stored beside marks, ${id}` };
      return parseDocument(
        JSON.stringify({ id, created_at: 1_780_000_000 + Math.floor(random() * 1e7), request }),
        0,
      );
    });
    const some = ids.slice(round * 1000, (round + 1) * 1000);
    const storing = await measure(async () => {
      for (let at = 0; at < 1000; at += 50)
        await store.storeDocuments({
          documents: documents.slice(at, at + 50),
          requestSeq: await store.nextRequestSeq(),
          fetchedAtMs: systemClock.now(),
        });
    });
    const marking = await measure(async () => {
      for (let at = 0; at < 1000; at += 100)
        await store.mark(
          some.slice(at, at + 100).map((id) => ({ id, change: { addTags: [`round ${round}`] } })),
          { nowMs: systemClock.now() },
        );
    });
    ratios.push(marking / storing);
  }
  return [
    {
      what: 'marking 1,000 tasks',
      value: `${median(ratios).toFixed(2)} × storing 1,000`,
      wanted: 'at most 3 ×',
    },
  ];
}

async function measure(work: Work): Promise<number> {
  const started = performance.now();
  await work();
  return performance.now() - started;
}
