import { beforeEach, describe, expect, test } from 'vitest';
import { document, numberedIds } from '../../helpers/documents.ts';
import { createTestDatabase, openPostgresTestStore, runSql } from '../../helpers/postgres.ts';
import { requireOnMachine } from '../../helpers/requirements.ts';
import { SEARCH_NOW, searchRequest } from '../../helpers/search.ts';

beforeEach((context) => requireOnMachine(context, 'postgres'));

const TASKS = 250;

/** A mirror whose search rows are of another version, which knew other words. */
async function createOldMirror() {
  const url = await createTestDatabase();
  const store = await openPostgresTestStore(url);
  const ids = numberedIds(TASKS);
  await store.storeDocuments({
    documents: ids.map((id, at) =>
      document({ id, prompt: `hoping cat ${at}`, createdAt: SEARCH_NOW / 1000 - at * 60 }),
    ),
    requestSeq: 1,
    fetchedAtMs: SEARCH_NOW,
  });
  await store.suggest('cat', 1); // writes the counts of words
  await makeOld(url);
  return { url, store, ids };
}

const makeOld = (url: string) =>
  runSql(url, `UPDATE prompts SET terms = ' old ', words = ' old ', tokens = 'old', terms_version = 1`);

describe('search rows of another version', () => {
  test('are made anew, newest first, while searches tell from when on everything is found', async () => {
    const { url, store, ids } = await createOldMirror();
    await runSql(url, 'DELETE FROM words');
    expect(await store.search(searchRequest('cat'))).toMatchObject({
      total: 0,
      indexedFromMs: SEARCH_NOW + 1,
    });

    expect(await store.reindexSome()).toEqual({ tasksLeft: 150 });
    const page = await store.search(searchRequest('hop*', { limit: 1000 }));
    expect(page.hits.map(({ task }) => task.id)).toEqual(ids.slice(0, 100));
    expect(page.indexedFromMs).toBe(SEARCH_NOW - 100 * 60_000 + 1);

    while (await store.reindexSome());
    expect(await store.search(searchRequest('cat'))).toMatchObject({
      total: TASKS,
      indexedFromMs: undefined,
    });
    expect(await store.suggest('cat', 1)).toEqual([{ word: 'cat', uses: TASKS }]);
  });

  test('are made anew by several servers at once, each by one of them', async () => {
    const { url, store } = await createOldMirror();
    const stores = [store, await openPostgresTestStore(url), await openPostgresTestStore(url)];
    await Promise.all(
      stores.map(async (one) => {
        while (await one.reindexSome());
      }),
    );
    expect(await store.search(searchRequest('cat'))).toMatchObject({
      total: TASKS,
      indexedFromMs: undefined,
    });
    for (const one of stores) await one.suggest('cat', 1);
    // No word is counted twice.
    expect(await store.suggest('cat', 1)).toEqual([{ word: 'cat', uses: 2 * TASKS }]);
  });

  test('are taken again when a server of an older version writes some', async () => {
    const { url, store } = await createOldMirror();
    while (await store.reindexSome());
    await makeOld(url);
    expect(await store.reindexSome()).toBeDefined();
  });

  test('that can not be made anew stop no others', async () => {
    const { url, store } = await createOldMirror();
    await runSql(url, `UPDATE tasks SET document = '{' WHERE arrival = 3`);
    while (await store.reindexSome());
    expect(await store.search(searchRequest('cat'))).toMatchObject({
      total: TASKS - 1,
      indexedFromMs: undefined,
    });
  });
});
