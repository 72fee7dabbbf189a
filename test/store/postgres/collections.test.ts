/** Collections and saved searches in PostgreSQL: what several connections show, and what an audit finds. */
import { randomUUID } from 'node:crypto';
import { beforeEach, describe, expect, test } from 'vitest';
import { MAX_COLLECTIONS } from '../../../src/store/contract/collections.ts';
import type { MaybePromise } from '../../../src/store/contract/maybe-promise.ts';
import { MAX_SAVED_SEARCHES } from '../../../src/store/contract/saved-searches.ts';
import type { PostgresStore } from '../../../src/store/postgres/open.ts';
import type { TaskId } from '../../../src/task/id.ts';
import { document, numberedIds } from '../../helpers/documents.ts';
import { createTestDatabase, openPostgresTestStore, runSql } from '../../helpers/postgres.ts';
import { requireOnMachine } from '../../helpers/requirements.ts';

const NOW = Date.UTC(2026, 2, 14, 12);
const OPTIONS = { nowMs: NOW, within: undefined };

let url: string;
let stores: PostgresStore[];

beforeEach(async (context) => {
  requireOnMachine(context, 'postgres');
  url = await createTestDatabase();
  stores = await Promise.all(Array.from({ length: 3 }, () => openPostgresTestStore(url)));
});

/** Runs something so often at the same time, on all stores in turn. */
const runTogether = <Result>(
  times: number,
  run: (store: PostgresStore, at: number) => MaybePromise<Result>,
) =>
  Promise.all(Array.from({ length: times }, (_, at) => run(stores[at % stores.length] as PostgresStore, at)));

const countKinds = (outcomes: readonly { kind: string }[]) => {
  const kinds = outcomes.map(({ kind }) => kind).sort();
  return Object.fromEntries(
    [...new Set(kinds)].map((kind) => [kind, kinds.filter((one) => one === kind).length]),
  );
};

const createCollection = async (store = stores[0] as PostgresStore, name = 'Best') => {
  const id = randomUUID();
  await store.addCollection({ id, name, note: '', limits: undefined }, NOW);
  return id;
};
const putAll = async (ids: readonly TaskId[]) =>
  stores[0]?.storeDocuments({
    documents: ids.map((id) => document({ id })),
    requestSeq: await stores[0].nextRequestSeq(),
    fetchedAtMs: NOW,
  });
const readOrder = async (id: string) =>
  ((await stores[0]?.collectionTasks(id, undefined, 1000)) ?? []).map((place) => place.id);

describe('several servers', () => {
  test('give a name to one collection and to one saved search', async () => {
    const collections = await runTogether(9, (store, at) =>
      store.addCollection(
        { id: randomUUID(), name: at % 2 === 0 ? 'Best' : 'BEST', note: '', limits: undefined },
        NOW,
      ),
    );
    expect(countKinds(collections)).toEqual({ done: 1, 'name-taken': 8 });
    const saved = await runTogether(9, (store) =>
      store.addSavedSearch({
        ...{ id: randomUUID(), name: 'cats', query: 'cat', timeZone: undefined, limits: undefined },
        nowMs: NOW,
      }),
    );
    expect(countKinds(saved)).toEqual({ changed: 1, taken: 8 });
    const imported = await runTogether(9, (store) =>
      store.importCollection(randomUUID(), {
        ...{ name: 'Other', note: '', limits: undefined, cover: undefined, tasks: [], changedAtMs: NOW },
      }),
    );
    expect(imported.sort()).toEqual(['changed', ...Array.from({ length: 8 }, () => 'kept')]);
  });

  test('keep no more collections and saved searches than there may be', async () => {
    await runSql(
      url,
      `INSERT INTO collections (id, name, folded_name, created_at, changed_at, version)
         SELECT gen_random_uuid(), 'c' || n, 'c' || n, 1, 1, 1 FROM generate_series(2, ${MAX_COLLECTIONS}) AS n;
       INSERT INTO saved_searches (id, name, folded_name, query, user_ids, application_ids, created_at, changed_at, visited_at, version)
         SELECT gen_random_uuid(), 's' || n, 's' || n, '', '[]', '[]', 1, 1, 1, 1 FROM generate_series(2, ${MAX_SAVED_SEARCHES}) AS n`,
    );
    const collections = await runTogether(6, (store, at) =>
      store.addCollection({ id: randomUUID(), name: `new ${at}`, note: '', limits: undefined }, NOW),
    );
    expect(countKinds(collections)).toEqual({ done: 1, refused: 5 });
    const saved = await runTogether(6, (store, at) =>
      store.addSavedSearch({
        ...{ id: randomUUID(), name: `new ${at}`, query: '', timeZone: undefined, limits: undefined },
        nowMs: NOW,
      }),
    );
    expect(countKinds(saved)).toEqual({ changed: 1, full: 5 });
  });

  test('that know the same version: one changes the collection, the others get a conflict', async () => {
    const ids = numberedIds(9);
    await putAll(ids);
    const id = await createCollection();
    const options = { ...OPTIONS, ifVersion: [1] };
    const outcomes = await runTogether<{ kind: string }>(9, (store, at) => {
      if (at % 3 === 0) return store.changeCollection(id, { note: `of ${at}` }, options);
      if (at % 3 === 1) return store.placeInCollection(id, { ids: [ids[at] as TaskId] }, options);
      return store.changeCollection(id, { name: `of ${at}` }, options);
    });
    expect(countKinds(outcomes)).toEqual({ conflict: 8, done: 1 });
    expect(await stores[1]?.collection(id, undefined)).toMatchObject({ version: 2 });
  });

  test('place, move and take tasks at the same time, and lose none', async () => {
    const ids = numberedIds(60);
    await putAll(ids);
    const id = await createCollection();
    await runTogether(20, (store, at) =>
      store.placeInCollection(id, { ids: ids.slice(at * 3, at * 3 + 3) }, OPTIONS),
    );
    expect(new Set(await readOrder(id))).toEqual(new Set(ids));
    await runTogether<unknown>(30, (store, at) =>
      at % 3 === 0
        ? store.takeFromCollection(id, ids.slice(at, at + 1), OPTIONS)
        : store.placeInCollection(id, { ids: ids.slice(at, at + 5), before: ids[59] ?? null }, OPTIONS),
    );
    const places = (await stores[2]?.collectionTasks(id, undefined, 100)) ?? [];
    const taken = ids.filter((_, at) => at % 3 === 0 && at < 30);
    const left = new Set(places.map((place) => place.id));
    // One that is taken may have been placed again since.
    expect(ids.filter((one) => !left.has(one) && !taken.includes(one))).toEqual([]);
    expect(new Set(places.map(({ place }) => place)).size).toBe(places.length);
    expect(await stores[0]?.collection(id, undefined)).toMatchObject({ taskCount: places.length });
  });

  test('remove a collection once, and place nothing in it afterwards', async () => {
    const ids = numberedIds(10);
    await putAll(ids);
    const id = await createCollection();
    const outcomes = await runTogether<{ kind: string }>(10, (store, at) =>
      at % 2 === 0
        ? store.removeCollection(id, OPTIONS)
        : store.placeInCollection(id, { ids: [ids[at] as TaskId] }, OPTIONS),
    );
    const removals = outcomes.filter((_, at) => at % 2 === 0);
    expect(countKinds(removals)).toEqual({ done: 1, unknown: 4 });
    expect(await runSql(url, 'SELECT * FROM collection_tasks')).toEqual([]);
  });

  test('visit a saved search, and the latest visit counts', async () => {
    const id = randomUUID();
    const saved = { id, name: 'cats', query: 'cat', timeZone: undefined, limits: undefined };
    await stores[0]?.addSavedSearch({ ...saved, nowMs: NOW });
    await runTogether(12, (store, at) => store.visitSavedSearch(id, { nowMs: NOW + ((at * 7) % 12) }));
    expect(await stores[1]?.savedSearch(id)).toMatchObject({ visitedAtMs: NOW + 11, version: 1 });
  });
});

test('texts with characters that PostgreSQL can not store are kept as far as they can be', async () => {
  const [store] = stores as [PostgresStore];
  const id = randomUUID();
  await store.addCollection({ id, name: 'Best', note: 'a\0b', limits: undefined }, NOW);
  expect(await store.collection(id, undefined)).toMatchObject({ note: 'a\ufffdb' });
  for (const unknown of ['\0', 'x'.repeat(10_000), '\ud800']) {
    expect(await store.collection(unknown, undefined)).toBeUndefined();
    expect(await store.collectionOfLink(unknown)).toBeUndefined();
    expect(await store.savedSearchOfFeed(unknown)).toBeUndefined();
    expect(await store.savedSearch(unknown)).toBeUndefined();
    expect(await store.webhook(unknown)).toBeUndefined();
    expect(await store.removeCollection(unknown, OPTIONS)).toEqual({ kind: 'unknown' });
  }
});

test('what damage made unreadable is shown to nobody, and an audit says so', async () => {
  const [store] = stores as [PostgresStore];
  const [task] = numberedIds(1);
  await putAll([task]);
  const id = await createCollection();
  await store.placeInCollection(id, { ids: [task] }, OPTIONS);
  await store.changeCollection(id, { cover: task }, OPTIONS);
  const saved = { id: randomUUID(), name: 'cats', query: 'cat', timeZone: undefined, limits: undefined };
  await store.addSavedSearch({ ...saved, nowMs: NOW });
  expect(await store.audit()).toEqual([]);
  await runSql(url, 'DELETE FROM collection_tasks');
  expect(await store.audit()).toEqual([{ id, problem: 'the cover is no task of the collection' }]);
  await runSql(
    url,
    `UPDATE collections SET user_ids = 'x', cover = NULL; UPDATE saved_searches SET user_ids = 'x'`,
  );
  expect(await store.audit()).toEqual([{ id, problem: "the collection can't be read" }]);
  expect(await store.collections(undefined)).toEqual([]);
  expect(await store.collection(id, undefined)).toBeUndefined();
  expect(await store.savedSearches()).toEqual([]);
  expect(await store.savedSearch(saved.id)).toBeUndefined();
});
