/** The merging of the search index, on a database that many small transactions have left in many segments. */
import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { startIndexMerging } from '../../../../src/app/index-merging.ts';
import { createLog } from '../../../../src/lib/log.ts';
import { createSeededRandom } from '../../../../src/simulator/random.ts';
import type { Store } from '../../../../src/store/contract/store.ts';
import { Database } from '../../../../src/store/sqlite/driver.ts';
import { document, numberedIds } from '../../../helpers/documents.ts';
import { searchRequest } from '../../../helpers/search.ts';
import { openTestStore, startTestMirror, temporaryDirectory } from '../../../helpers/test-mirror.ts';

/** More are merged. */
const FEW = 8;

const put = async (store: Store, ...documents: ReturnType<typeof document>[]) =>
  store.storeDocuments({ documents, requestSeq: await store.nextRequestSeq(), fetchedAtMs: 1 });

function countSegments(dataDir: string): number {
  const raw = new Database(join(dataDir, 'mirror.db'), { readonly: true });
  const count = raw.prepare<[], number>('SELECT count(DISTINCT segid) FROM prompt_index_idx').pluck().get();
  raw.close();
  return count ?? 0;
}

/** Stores tasks, a few at a time, until the index is in many segments. @param words a prompt has */
async function fill(store: Store, dataDir: string, words: number): Promise<void> {
  const random = createSeededRandom(7);
  const prompt = () => Array.from({ length: words }, () => `w${Math.floor(random() * 20_000)}`).join(' ');
  for (let at = 0; countSegments(dataDir) <= FEW; at += 1)
    await put(
      store,
      ...Array.from({ length: 8 }, (_, n) => document({ id: `task-${at}-${n}`, prompt: `cat ${prompt()}` })),
    );
}

test('an index in many segments is merged in small steps, and finds the same after each', async () => {
  const dataDir = temporaryDirectory();
  const store = await openTestStore(dataDir);
  await fill(store, dataDir, 1000);
  const find = async () =>
    (await store.search(searchRequest('cat', { limit: 1000 }))).hits.map(({ task }) => task.id);
  const before = await find();
  let steps = 0;
  while (await store.mergeIndexSome()) {
    steps += 1;
    expect(await find()).toEqual(before);
  }
  expect(steps).toBeGreaterThan(1);
  expect(countSegments(dataDir)).toBeLessThan(FEW / 2);
  expect(await find()).toEqual(before);
  expect(await store.audit()).toEqual([]);
});

test('what is stored and forgotten between two steps is found, and not found', async () => {
  const dataDir = temporaryDirectory();
  const store = await openTestStore(dataDir);
  await fill(store, dataDir, 1000);
  const [first] = (await store.search(searchRequest('cat'))).hits;
  expect(await store.mergeIndexSome()).toBe(true);
  await put(store, document({ id: 'between', prompt: 'an owl' }));
  await store.remove(first?.task.id as never);
  while (await store.mergeIndexSome());
  expect((await store.search(searchRequest('owl'))).hits.map(({ task }) => task.id)).toEqual(['between']);
  expect(
    (await store.search(searchRequest('cat', { limit: 1000 }))).hits.map(({ task }) => task.id),
  ).not.toContain(first?.task.id);
  expect(await store.audit()).toEqual([]);
});

test('an index in few segments is left alone', async () => {
  const dataDir = temporaryDirectory();
  const store = await openTestStore(dataDir);
  await put(store, document({ id: 'a', prompt: 'a cat' }));
  await put(store, document({ id: 'b', prompt: 'a dog' }));
  expect(countSegments(dataDir)).toBe(2);
  expect(await store.mergeIndexSome()).toBe(false);
  expect(countSegments(dataDir)).toBe(2);
});

test('a server merges it in the background', async () => {
  const dataDir = temporaryDirectory();
  const store = await openTestStore(dataDir);
  await fill(store, dataDir, 1);
  await store.close();
  await startTestMirror({ dataDir });
  await expect.poll(() => countSegments(dataDir), { timeout: 10_000 }).toBeLessThan(FEW / 2);
});

test('nothing is merged while something is stored', async () => {
  const dataDir = temporaryDirectory();
  const store = await openTestStore(dataDir);
  await fill(store, dataDir, 1);
  let steps = 0;
  const mergeIndexSome = () => {
    steps += 1;
    return store.mergeIndexSome();
  };
  const lines: string[] = [];
  const log = createLog({ level: 'info', format: 'json' }, { write: (line) => void lines.push(line) });
  const merging = startIndexMerging({ ...store, mergeIndexSome }, log);
  const untilMs = performance.now() + 350;
  while (performance.now() < untilMs) {
    await store.track(numberedIds(1), 1); // which adds no segment
    await setImmediate();
  }
  expect(steps).toBe(0);
  await expect.poll(() => countSegments(dataDir), { timeout: 10_000 }).toBeLessThan(FEW / 2);
  await merging.stop();
  expect(lines).toEqual([]);
});
