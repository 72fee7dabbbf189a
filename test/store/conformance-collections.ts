/** What every store must do with collections; a part of conformance.ts. */
import { randomUUID } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createRandomKey } from '../../src/lib/random-key.ts';
import {
  type Collection,
  type CollectionOutcome,
  MAX_COLLECTION_TASKS,
  MAX_COLLECTIONS,
} from '../../src/store/contract/collections.ts';
import type { MaybePromise } from '../../src/store/contract/maybe-promise.ts';
import type { Store } from '../../src/store/contract/store.ts';
import type { TaskId } from '../../src/task/id.ts';
import type { TaskLimits } from '../../src/task/limits.ts';
import type { TaskState } from '../../src/task/state.ts';
import { archivedImage, document, numberedIds } from '../helpers/documents.ts';
import { tries } from '../helpers/thorough.ts';

const NOW = Date.UTC(2026, 2, 14, 12);
const [FIRST, SECOND, THIRD, FOURTH] = numberedIds(4) as [TaskId, TaskId, TaskId, TaskId];
const UNKNOWN = 'unknown' as TaskId;
const ME: TaskLimits = { userIds: ['me'], applicationIds: [] };
const YOU: TaskLimits = { userIds: ['you'], applicationIds: [] };

/** Runs the tests. @param open gives an empty store */
export function describeCollections(open: () => MaybePromise<Store>): void {
  describe('collections', () => {
    const options = (more: object = {}) => ({ nowMs: NOW, within: undefined, ...more });

    const put = async (store: Store, id: TaskId, userId = 'me', state: TaskState = 'succeeded') =>
      store.storeDocuments({
        documents: [document({ id, prompt: 'a cat', userId, state })],
        requestSeq: await store.nextRequestSeq(),
        fetchedAtMs: NOW,
      });
    const openWith = async (...ids: TaskId[]): Promise<Store> => {
      const store = await open();
      for (const id of ids) await put(store, id);
      return store;
    };
    const create = async (store: Store, name = 'Best', limits?: TaskLimits): Promise<Collection> =>
      unwrap(await store.addCollection({ id: randomUUID(), name, note: '', limits }, NOW));
    const order = async (store: Store, { id }: Collection) =>
      (await store.collectionTasks(id, undefined, 100)).map((place) => place.id);

    test('has a name that no other with the same limits has, however it is written', async () => {
      const store = await open();
      const best = await create(store, 'Straße');
      const again = { id: randomUUID(), name: 'STRASSE', note: '', limits: undefined };
      expect(await store.addCollection(again, NOW)).toEqual({ kind: 'name-taken' });
      await create(store, 'strasse', ME);
      const other = await create(store, 'another');
      expect(await store.changeCollection(other.id, { name: 'STRASSE' }, options())).toEqual({
        kind: 'name-taken',
      });
      // Its own name is not taken.
      expect(await store.changeCollection(best.id, { name: 'strasse' }, options())).toMatchObject({
        collection: { name: 'strasse' },
      });
    });

    test('is listed by name, with the number of its tasks', async () => {
      const store = await openWith(FIRST, SECOND);
      const later = await create(store, 'b');
      await create(store, 'A');
      await store.placeInCollection(later.id, { ids: [FIRST, SECOND] }, options());
      const listed = (await store.collections(undefined)).map(({ name, taskCount }) => [name, taskCount]);
      expect(listed).toEqual([
        ['A', 0],
        ['b', 2],
      ]);
      expect((await store.collectionsOf(FIRST, undefined)).map(({ name }) => name)).toEqual(['b']);
      expect(await store.collectionsOf(THIRD, undefined)).toEqual([]);
    });

    test('increases its version with each change, and is changed only at a version that is expected', async () => {
      const store = await openWith(FIRST);
      const { id, version } = await create(store);
      const changed = unwrap(
        await store.changeCollection(id, { note: 'x' }, options({ ifVersion: [version] })),
      );
      expect(changed.version).toBeGreaterThan(version);
      const stale = options({ ifVersion: [version] });
      expect(await store.changeCollection(id, { note: 'y' }, stale)).toEqual({ kind: 'conflict' });
      expect(await store.placeInCollection(id, { ids: [FIRST] }, stale)).toEqual({ kind: 'conflict' });
      expect(await store.takeFromCollection(id, [FIRST], stale)).toEqual({ kind: 'conflict' });
      expect(await store.removeCollection(id, stale)).toEqual({ kind: 'conflict' });
      expect(await store.collection(id, undefined)).toEqual(changed);
    });

    test('does not change when nothing is placed, or taken away', async () => {
      const store = await openWith(FIRST);
      const collection = await create(store);
      await store.placeInCollection(collection.id, { ids: [UNKNOWN] }, options());
      await store.takeFromCollection(collection.id, [FIRST], options());
      expect(await store.collection(collection.id, undefined)).toEqual(collection);
    });

    test('is shown only to who sees all that its creator sees, and has only tasks of that', async () => {
      const store = await openWith(FIRST);
      await put(store, SECOND, 'you');
      const mine = await create(store, 'mine', ME);
      const everybodys = await create(store, 'everybody’s');
      const names = async (within: TaskLimits | undefined) =>
        (await store.collections(within)).map(({ name }) => name);
      expect(await names(undefined)).toEqual(['everybody’s', 'mine']);
      expect(await names(ME)).toEqual(['mine']);
      expect(await names(YOU)).toEqual([]);
      for (const within of [YOU, { userIds: ['me'], applicationIds: ['app'] }]) {
        expect(await store.collection(mine.id, within)).toBeUndefined();
        const others = options({ within });
        expect(await store.changeCollection(mine.id, { note: 'x' }, others)).toEqual({ kind: 'unknown' });
        expect(await store.placeInCollection(mine.id, { ids: [FIRST] }, others)).toEqual({ kind: 'unknown' });
        expect(await store.takeFromCollection(mine.id, [FIRST], others)).toEqual({ kind: 'unknown' });
        expect(await store.removeCollection(mine.id, others)).toEqual({ kind: 'unknown' });
      }
      expect(await store.placeInCollection(mine.id, { ids: [FIRST, SECOND] }, options())).toMatchObject({
        added: [FIRST],
        unknown: [SECOND],
      });
      await store.placeInCollection(everybodys.id, { ids: [FIRST] }, options());
      expect((await store.collectionsOf(FIRST, ME)).map(({ name }) => name)).toEqual(['mine']);
    });

    test('keeps the place of a task that is forgotten, and takes it up again', async () => {
      const store = await openWith(FIRST, SECOND);
      const collection = await create(store);
      await store.placeInCollection(collection.id, { ids: [FIRST, SECOND] }, options());
      await store.remove(FIRST);
      expect(await order(store, collection)).toEqual([FIRST, SECOND]);
      // It can be moved and taken away, but not be added.
      await store.placeInCollection(collection.id, { ids: [FIRST], before: null }, options());
      expect(await order(store, collection)).toEqual([SECOND, FIRST]);
      await store.takeFromCollection(collection.id, [FIRST], options());
      const again = await store.placeInCollection(collection.id, { ids: [FIRST] }, options());
      expect(again).toMatchObject({ added: [], unknown: [FIRST] });
    });

    test('places at the end what is new, and moves only if it is told where', async () => {
      const store = await openWith(FIRST, SECOND, THIRD);
      const collection = await create(store);
      await store.placeInCollection(collection.id, { ids: [FIRST, SECOND, FIRST] }, options());
      expect(await store.placeInCollection(collection.id, { ids: [FIRST, THIRD] }, options())).toMatchObject({
        added: [THIRD],
        moved: [],
      });
      expect(await order(store, collection)).toEqual([FIRST, SECOND, THIRD]);
      const moved = await store.placeInCollection(collection.id, { ids: [THIRD], before: FIRST }, options());
      expect(moved).toMatchObject({ moved: [THIRD], runs: [{ ids: [THIRD], before: undefined }] });
      expect(await order(store, collection)).toEqual([THIRD, FIRST, SECOND]);
      expect(
        await store.placeInCollection(collection.id, { ids: [FIRST], before: FOURTH }, options()),
      ).toMatchObject({ kind: 'refused' });
    });

    test('places several runs in one step, one after the other, or none of them', async () => {
      const store = await openWith(FIRST, SECOND, THIRD, FOURTH);
      const collection = await create(store);
      await store.placeInCollection(collection.id, { ids: [FIRST, SECOND, THIRD] }, options());
      const { version = 0 } = (await store.collection(collection.id, undefined)) ?? {};
      const runs = [
        { ids: [THIRD, UNKNOWN], before: FIRST },
        { ids: [FOURTH], before: THIRD },
        { ids: [FIRST], before: FOURTH },
      ];
      const refused = { runs: [...runs, { ids: [SECOND], before: UNKNOWN }] };
      expect(await store.placeInCollection(collection.id, refused, options())).toMatchObject({
        kind: 'refused',
      });
      expect(await order(store, collection)).toEqual([FIRST, SECOND, THIRD]);
      const stale = { ...options(), ifVersion: [version - 1] };
      expect(await store.placeInCollection(collection.id, { runs }, stale)).toEqual({ kind: 'conflict' });
      const placed = await store.placeInCollection(collection.id, { runs }, options());
      expect(placed).toMatchObject({
        ...{ kind: 'done', added: [FOURTH], moved: [THIRD, FIRST], unknown: [UNKNOWN] },
        collection: { version: version + 1 },
        runs: [
          { ids: [FIRST], before: SECOND },
          { ids: [THIRD], before: undefined },
        ],
      });
      expect(await order(store, collection)).toEqual([FIRST, FOURTH, THIRD, SECOND]);
    });

    test('has pages, also while it is changed', async () => {
      const store = await openWith(FIRST, SECOND, THIRD);
      const { id } = await create(store);
      await store.placeInCollection(id, { ids: [FIRST, SECOND, THIRD] }, options());
      const [first, second] = await store.collectionTasks(id, undefined, 2);
      expect([first?.id, second?.id]).toEqual([FIRST, SECOND]);
      await store.takeFromCollection(id, [FIRST], options());
      const rest = await store.collectionTasks(id, second?.place, 2);
      expect(rest.map((place) => place.id)).toEqual([THIRD]);
    });

    test('has one of its tasks as its cover, until that is taken away', async () => {
      const store = await openWith(FIRST, SECOND);
      const { id } = await create(store);
      expect(await store.changeCollection(id, { cover: FIRST }, options())).toMatchObject({
        kind: 'refused',
      });
      await store.placeInCollection(id, { ids: [FIRST, SECOND] }, options());
      expect(unwrap(await store.changeCollection(id, { cover: SECOND }, options())).cover).toBe(SECOND);
      await store.takeFromCollection(id, [FIRST], options());
      expect((await store.collection(id, undefined))?.cover).toBe(SECOND);
      await store.takeFromCollection(id, [SECOND], options());
      expect((await store.collection(id, undefined))?.cover).toBeUndefined();
    });

    test('is found by the key of its link until that is revoked, replaced, or it is removed', async () => {
      const store = await open();
      const { id } = await create(store);
      const [key, newer] = [createRandomKey(), createRandomKey()];
      await store.changeCollection(id, { link: { key, showsPrompts: false } }, options());
      expect(await store.collectionOfLink(key)).toMatchObject({ id, link: { key, showsPrompts: false } });
      await store.changeCollection(id, { link: { key: newer, showsPrompts: true } }, options());
      expect(await store.collectionOfLink(key)).toBeUndefined();
      expect(await store.collectionOfLink(newer)).toMatchObject({ link: { showsPrompts: true } });
      await store.changeCollection(id, { name: 'renamed' }, options());
      expect(await store.collectionOfLink(newer)).toBeDefined();
      await store.changeCollection(id, { link: null }, options());
      expect(await store.collectionOfLink(newer)).toBeUndefined();
      await store.changeCollection(id, { link: { key, showsPrompts: true } }, options());
      await store.removeCollection(id, options());
      expect(await store.collectionOfLink(key)).toBeUndefined();
    });

    test('shows the images of its tasks, unless they are hidden, or of others', async () => {
      const store = await openWith(FIRST, THIRD);
      await put(store, SECOND, 'me', 'pending');
      const { id } = await create(store, 'mine', ME);
      await store.placeInCollection(id, { ids: [FIRST, SECOND] }, options());
      // It turns out to be somebody else's.
      await put(store, SECOND, 'you');
      for (const [at, task] of [FIRST, SECOND, THIRD].entries())
        await store.archiveImage({ taskId: task, n: 0 }, archivedImage(String(at).repeat(64)), NOW);
      const shown = async () =>
        Promise.all(['0', '1', '2'].map(async (at) => store.collectionImage(id, at.repeat(64))));
      expect((await shown()).map((image) => image?.sha256[0])).toEqual(['0', undefined, undefined]);
      await store.mark([{ id: FIRST, change: { hidden: true } }], { nowMs: NOW });
      expect(await shown()).toEqual([undefined, undefined, undefined]);
    });

    test('has at most so many tasks, and a mirror so many collections', { timeout: 30_000 }, async () => {
      const store = await open();
      const ids = numberedIds(MAX_COLLECTION_TASKS + 1);
      await store.storeDocuments({
        documents: ids.map((id) => document({ id })),
        requestSeq: await store.nextRequestSeq(),
        fetchedAtMs: NOW,
      });
      const { id } = await create(store);
      expect(await store.placeInCollection(id, { ids }, options())).toMatchObject({ kind: 'refused' });
      expect((await store.collection(id, undefined))?.taskCount).toBe(0);
      const most = ids.slice(0, MAX_COLLECTION_TASKS);
      expect(await store.placeInCollection(id, { ids: most }, options())).toMatchObject({ kind: 'done' });
      for (let at = 1; at < MAX_COLLECTIONS; at += 1) await create(store, `collection ${at}`);
      const next = { id: randomUUID(), name: 'one more', note: '', limits: undefined };
      expect(await store.addCollection(next, NOW)).toMatchObject({ kind: 'refused' });
    });

    test('has the order of a model, whatever is placed, moved, taken away and forgotten', async () => {
      const ids = numberedIds(6);
      const id = fc.constantFrom(...ids);
      const step = fc.oneof(
        fc.record({
          kind: fc.constant('place' as const),
          ids: fc.array(id, { maxLength: 4 }),
          before: fc.option(id, { nil: null }),
        }),
        fc.record({ kind: fc.constant('add' as const), ids: fc.array(id, { maxLength: 4 }) }),
        fc.record({ kind: fc.constant('take' as const), ids: fc.array(id, { maxLength: 3 }) }),
        fc.record({ kind: fc.constant('forget' as const), ids: fc.tuple(id) }),
      );
      await fc.assert(
        fc.asyncProperty(fc.array(step, { maxLength: 12 }), async (steps) => {
          const store = await openWith(...ids);
          const collection = await create(store);
          let model: TaskId[] = [];
          const forgotten = new Set<TaskId>();
          for (const one of steps) {
            const given = [...new Set(one.ids)];
            if (one.kind === 'take') {
              await store.takeFromCollection(collection.id, one.ids, options());
              model = model.filter((task) => !given.includes(task));
            } else if (one.kind === 'forget') {
              await store.remove(one.ids[0]);
              forgotten.add(one.ids[0]);
            } else {
              const isMove = one.kind === 'place';
              const before = isMove ? { before: one.before } : {};
              await store.placeInCollection(collection.id, { ids: one.ids, ...before }, options());
              if (isMove && one.before !== null && !model.includes(one.before)) continue;
              const placed = given.filter((task) => (model.includes(task) ? isMove : !forgotten.has(task)));
              // Before the first one after the anchor that is not moved itself.
              const from = isMove && one.before !== null ? model.indexOf(one.before) : model.length;
              const tail = model.slice(from).filter((task) => !placed.includes(task));
              const head = model.slice(0, from).filter((task) => !placed.includes(task));
              model = [...head, ...placed, ...tail];
            }
          }
          expect(await order(store, collection)).toEqual(model);
          expect((await store.collection(collection.id, undefined))?.taskCount).toBe(model.length);
          await store.close();
        }),
        { numRuns: tries(20, 300) },
      );
    });
  });
}

function unwrap(outcome: CollectionOutcome): Collection {
  if (outcome.kind !== 'done') throw new Error(`the collection is ${outcome.kind}`);
  return outcome.collection;
}
