/** What every store must do with collections from files; a part of conformance.ts. */
import { randomUUID } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { createRandomKey } from '../../src/lib/random-key.ts';
import { type ArchivedCollection, MAX_COLLECTIONS } from '../../src/store/contract/collections.ts';
import type { MaybePromise } from '../../src/store/contract/maybe-promise.ts';
import type { Store } from '../../src/store/contract/store.ts';
import { document, numberedIds } from '../helpers/documents.ts';

const NOW = Date.UTC(2026, 2, 14, 12);
const [FIRST, SECOND, THIRD] = numberedIds(3);

/** Runs the tests. @param open gives an empty store */
export function describeCollectionImports(open: () => MaybePromise<Store>): void {
  describe('a collection from a file', () => {
    const archived = (more: Partial<ArchivedCollection> = {}): ArchivedCollection => ({
      ...{ name: 'Best', note: 'a note', limits: undefined, cover: SECOND },
      ...{ tasks: [SECOND, FIRST], changedAtMs: NOW, ...more },
    });
    const readOnly = async (store: Store) => {
      const [collection, ...others] = await store.collections(undefined);
      if (!collection || others.length > 0) throw new Error('there is not one collection');
      const places = await store.collectionTasks(collection.id, undefined, 100);
      return { ...collection, tasks: places.map(({ id }) => id) };
    };

    test('is stored with its order, also of tasks that the mirror does not have yet', async () => {
      const store = await open();
      const id = randomUUID();
      expect(await store.importCollection(id, archived())).toBe('changed');
      expect(await readOnly(store)).toMatchObject({
        ...{ id, name: 'Best', note: 'a note', cover: SECOND, tasks: [SECOND, FIRST], link: undefined },
        ...{ createdAtMs: NOW, changedAtMs: NOW },
      });
      await store.storeDocuments({
        documents: [document({ id: FIRST })],
        requestSeq: await store.nextRequestSeq(),
        fetchedAtMs: NOW,
      });
      expect((await readOnly(store)).tasks).toEqual([SECOND, FIRST]);
    });

    test('replaces an older one of the same name and limits, which keeps its id and its link', async () => {
      const store = await open();
      const id = randomUUID();
      await store.importCollection(id, archived());
      const link = { key: createRandomKey(), showsPrompts: false };
      await store.changeCollection(id, { link }, { nowMs: NOW, within: undefined });
      const { version } = await readOnly(store);
      const newer = { name: 'BEST', note: '', cover: undefined, tasks: [THIRD, SECOND] };
      expect(await store.importCollection(randomUUID(), archived({ ...newer, changedAtMs: NOW + 1 }))).toBe(
        'changed',
      );
      const after = await readOnly(store);
      expect(after).toMatchObject({ ...newer, id, link, changedAtMs: NOW + 1, createdAtMs: NOW });
      expect(after.version).toBeGreaterThan(version);
    });

    test('does not replace one that is the same, or newer', async () => {
      const store = await open();
      await store.importCollection(randomUUID(), archived());
      const before = await readOnly(store);
      for (const changedAtMs of [NOW, NOW - 1])
        expect(await store.importCollection(randomUUID(), archived({ note: 'another', changedAtMs }))).toBe(
          'kept',
        );
      expect(await readOnly(store)).toEqual(before);
    });

    test('with other limits is another one', async () => {
      const store = await open();
      const limits = { userIds: ['me', 'you'], applicationIds: [] };
      await store.importCollection(randomUUID(), archived());
      await store.importCollection(randomUUID(), archived({ limits }));
      const again = archived({ limits: { ...limits, userIds: ['you', 'me'] }, tasks: [] });
      await store.importCollection(randomUUID(), { ...again, changedAtMs: NOW + 1 });
      expect(
        (await store.collections(undefined)).map(({ limits, taskCount }) => [limits, taskCount]),
      ).toEqual(
        expect.arrayContaining([
          [undefined, 2],
          [limits, 0],
        ]),
      );
    });

    test('is refused when there are too many, unless it is one of them', { timeout: 30_000 }, async () => {
      const store = await open();
      for (let at = 0; at < MAX_COLLECTIONS; at += 1)
        await store.importCollection(randomUUID(), archived({ name: `collection ${at}` }));
      expect(await store.importCollection(randomUUID(), archived())).toBe('refused');
      const newer = archived({ name: 'collection 7', changedAtMs: NOW + 1 });
      expect(await store.importCollection(randomUUID(), newer)).toBe('changed');
    });
  });
}
