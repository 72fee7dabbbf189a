/** Searches by id and link: what is recorded, and how it is looked up. */
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Store } from '../../../../src/store/contract/store.ts';
import { Database } from '../../../../src/store/sqlite/driver.ts';
import { rebuild } from '../../../../src/store/sqlite/recovery/rebuild.ts';
import type { TaskDocument } from '../../../../src/task/document.ts';
import { document, numberedIds } from '../../../helpers/documents.ts';
import { ManualClock } from '../../../helpers/manual-clock.ts';
import { olderMirror } from '../../../helpers/older-mirror.ts';
import { searchRequest } from '../../../helpers/search.ts';
import { openTestStore, temporaryDirectory } from '../../../helpers/test-mirror.ts';

const linkOf = (id: string) => `https://img.example/${id}.png`;

async function put(store: Store, ...documents: TaskDocument[]): Promise<void> {
  const requestSeq = await store.nextRequestSeq();
  await store.storeDocuments({ documents, requestSeq, fetchedAtMs: 1 });
}

async function find(store: Store, text: string): Promise<string[]> {
  return (await store.search(searchRequest(text, { limit: 1000 }))).hits.map(({ task }) => task.id);
}

test('any task is found by its id, any beginning of it of 8 characters or more, and any of its links', async () => {
  const store = await openTestStore();
  const link = fc
    .webUrl({ withFragments: true, withQueryParameters: true })
    .filter((url) => url.length < 900);
  const task = fc.record({ id: fc.uuid(), links: fc.array(link, { minLength: 1, maxLength: 3 }) });
  await fc.assert(
    fc.asyncProperty(task, fc.nat(28), fc.nat(), async ({ id, links }, length, n) => {
      const data = links.map((url, at) => (at % 2 ? { video_url: url } : { image_url: url }));
      await put(store, document({ id, more: { response: { success: true, data } } }));
      for (const typed of [id, id.toUpperCase(), id.slice(0, 8 + length), links[n % links.length] as string])
        expect([typed, await find(store, typed)]).toEqual([typed, expect.arrayContaining([id])]);
    }),
  );
});

test('the links of an older database are found as its documents are re-read, newest first', async () => {
  const dataDir = temporaryDirectory();
  const ids = numberedIds(60);
  const store = await openTestStore(dataDir);
  await put(store, ...ids.map((id, at) => document({ id, createdAt: 1_770_000_000 + at })));
  await store.close();
  const older = await openTestStore(olderMirror(join(dataDir, 'mirror.db'), 12));
  const [oldest, newest] = [ids[0] as string, ids.at(-1) as string];
  expect(await find(older, linkOf(newest))).toEqual([]);
  await older.rereadSome(1);
  expect([await find(older, linkOf(newest)), await find(older, linkOf(oldest))]).toEqual([[newest], []]);
  while (await older.rereadSome(1));
  while (await older.reindexSome());
  expect(await find(older, linkOf(oldest))).toEqual([oldest]);
});

test('the re-reading records the links of images that are archived or given up, and fetches none again', async () => {
  const dataDir = temporaryDirectory();
  const [id] = numberedIds(1);
  const store = await openTestStore(dataDir);
  await put(store, document({ id }));
  await store.failImage({ taskId: id, n: 0 }, { dueAtMs: undefined, error: 'gone' });
  await store.close();
  const raw = new Database(join(dataDir, 'mirror.db'));
  raw.exec(
    "UPDATE task_images SET link_hash = NULL; UPDATE facts SET value = '2' WHERE name = 'reading-version'",
  );
  raw.close();
  const again = await openTestStore(dataDir);
  while (await again.rereadSome(2));
  expect(await find(again, linkOf(id))).toEqual([id]);
  expect(await again.imageStats()).toMatchObject({ wanted: 0, givenUp: 1 });
});

test('a link is found after a rebuild, also if the rows of images are lost', async () => {
  const dataDir = temporaryDirectory();
  const [kept, lost] = numberedIds(2);
  const store = await openTestStore(dataDir);
  await put(store, document({ id: kept }), document({ id: lost }));
  await store.close();
  const raw = new Database(join(dataDir, 'mirror.db'));
  raw.prepare('DELETE FROM task_images WHERE position = (SELECT position FROM tasks WHERE id = ?)').run(lost);
  raw.close();
  rebuild(dataDir, new ManualClock());
  const rebuilt = await openTestStore(dataDir);
  expect([await find(rebuilt, linkOf(kept)), await find(rebuilt, linkOf(lost))]).toEqual([[kept], [lost]]);
});

test('another link with the same hash is no hit', async () => {
  const dataDir = temporaryDirectory();
  const [id, other] = numberedIds(2);
  const store = await openTestStore(dataDir);
  await put(store, document({ id }), document({ id: other }));
  const raw = new Database(join(dataDir, 'mirror.db'));
  raw.exec(
    'UPDATE task_images SET link_hash = (SELECT link_hash FROM task_images ORDER BY position LIMIT 1)',
  );
  raw.close();
  const found = await Promise.all([id, other].map((one) => find(store, linkOf(one))));
  expect(found.filter((ids) => ids.length > 0)).toHaveLength(1);
  for (const [at, one] of [id, other].entries()) expect([[], [one]]).toContainEqual(found[at]);
});

test('the links of a task that gets its result later, and of one that moves, are found', async () => {
  const store = await openTestStore();
  const [id] = numberedIds(1);
  await put(store, document({ id, state: 'pending' }));
  expect(await find(store, linkOf(id))).toEqual([]);
  await put(store, document({ id, createdAt: 1_700_000_000 }));
  expect(await find(store, linkOf(id))).toEqual([id]);
  await store.remove(id);
  expect(await find(store, linkOf(id))).toEqual([]);
});

test('a limited search for an id or a link costs the same whatever the user has stored', async () => {
  const store = await openTestStore();
  const ids = numberedIds(10_000);
  await put(store, ...ids.map((id) => document({ id, userId: 'me' })));
  const id = ids[5000] as string;
  const filter = { within: { userIds: ['me'], applicationIds: [] } };
  const started = process.cpuUsage();
  for (let n = 0; n < 100; n += 1) {
    for (const text of [id, linkOf(id)])
      expect((await store.search(searchRequest(text, { filter }))).total).toBe(1);
  }
  const { user, system } = process.cpuUsage(started);
  expect((user + system) / 1000, 'ms').toBeLessThan(300); // reading all tasks of the user: 470
});
