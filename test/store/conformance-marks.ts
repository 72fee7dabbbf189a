/** What every store must do with marks; a part of conformance.ts. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { MaybePromise } from '../../src/store/contract/maybe-promise.ts';
import type { Store } from '../../src/store/contract/store.ts';
import type { TaskId } from '../../src/task/id.ts';
import { InvalidTag, NO_MARKS } from '../../src/task/marks.ts';
import { document } from '../helpers/documents.ts';
import { tries } from '../helpers/thorough.ts';
import { batch, expectMarks, expectTags, IDS, NOW, runSteps, step } from './marks-model.ts';

/** @param open opens an empty mirror */
export function describeMarks(open: () => MaybePromise<Store>): void {
  describe('marks', () => {
    test('are what was last set, and counted, whatever becomes of the tasks', async () => {
      await fc.assert(
        fc.asyncProperty(fc.array(step, { minLength: 4, maxLength: 40 }), async (steps) => {
          const store = await open();
          const model = await runSteps(store, steps);
          expect(await store.audit()).toEqual([]);
          await expectMarks(store, model);
          await expectTags(store, model);
          await store.close();
        }),
        { numRuns: tries(15, 400) },
      );
    });

    test('of several requests for one task are set in their order, in one step', async () => {
      const store = await open();
      await store.storeDocuments({ ...batch([document({ id: IDS[0] })]), requestSeq: 1 });
      const outcomes = await store.mark(
        [
          { id: IDS[0], change: { addTags: ['b', 'a'], note: 'one' } },
          { id: IDS[1], change: { starred: true } },
          { id: IDS[0], change: { removeTags: ['a'], hidden: true } },
          { id: IDS[0], change: { tags: Array.from({ length: 101 }, (_, at) => `tag ${at}`) } },
          { id: IDS[0], change: { hidden: true } },
          { id: IDS[0], change: { rating: 3 }, ifVersion: [NOW] },
          { id: IDS[0], change: { rating: 3 }, ifVersion: [NOW + 1] },
        ],
        { nowMs: NOW },
      );
      const kinds = ['changed', 'unknown', 'changed', 'refused', 'same', 'conflict', 'changed'];
      expect(outcomes.map(({ kind }) => kind)).toEqual(kinds);
      const marks = { rating: 3, tags: ['b'], note: 'one', hidden: true, version: NOW + 2, changedAtMs: NOW };
      expect(await store.marksOf([IDS[0]])).toMatchObject([marks]);
      expect(await store.tags({ prefix: '', limit: 9 })).toEqual([]); // hidden
      expect(await store.audit()).toEqual([]);
    });

    test('are not changed at all if a tag can be none', async () => {
      const store = await open();
      await store.storeDocuments({ ...batch([document({ id: IDS[0] })]), requestSeq: 1 });
      const requests = [
        { id: IDS[0], change: { starred: true } },
        { id: IDS[0], change: { tags: ['a "quoted" one'] } },
      ];
      await expect((async () => store.mark(requests, { nowMs: NOW }))()).rejects.toThrow(InvalidTag);
      expect(await store.marksOf([IDS[0]])).toEqual([]);
    });

    test('have tags that are counted by how they begin, and within limits', async () => {
      const store = await open();
      const [mine, yours, hidden] = IDS as [TaskId, TaskId, TaskId];
      await store.storeDocuments({
        ...batch([
          document({ id: mine, userId: 'me' }),
          document({ id: yours, userId: 'you' }),
          document({ id: hidden, userId: 'me' }),
        ]),
        requestSeq: 1,
      });
      const mark = async (id: TaskId, tags: string[], more = {}) =>
        store.mark([{ id, change: { tags, ...more } }], { nowMs: NOW });
      await mark(mine, ['poster', 'art', '海报']);
      await mark(yours, ['poster', 'post', 'zebra']);
      await mark(hidden, ['poster', 'secret'], { hidden: true });
      const list = async (prefix: string, within?: string, limit = 9) =>
        (
          await store.tags({
            ...{ prefix, limit },
            within: within === undefined ? undefined : { userIds: [within], applicationIds: [] },
          })
        ).map(({ tag, count }) => [tag, count]);
      expect(await list('')).toEqual([
        ...[['poster', 2] as const, ['art', 1], ['post', 1], ['zebra', 1], ['海报', 1]],
      ]);
      expect(await list('', undefined, 2)).toEqual([
        ['poster', 2],
        ['art', 1],
      ]);
      expect(await list('post')).toEqual([
        ['poster', 2],
        ['post', 1],
      ]);
      expect(await list('', 'me')).toEqual([
        ['art', 1],
        ['poster', 1],
        ['海报', 1],
      ]);
      expect(await list('post', 'you')).toEqual([
        ['post', 1],
        ['poster', 1],
      ]);
      expect(await list('secret')).toEqual([]);
      await mark(hidden, ['secret'], { hidden: false });
      expect(await list('secret')).toEqual([['secret', 1]]);
    });

    test('of one task are told of to those who may see it, after they are stored', async () => {
      const store = await open();
      await store.storeDocuments({ ...batch([document({ id: IDS[0], userId: 'me' })]), requestSeq: 1 });
      const told: unknown[] = [];
      store.onChange((one) => told.push(one));
      const marked = { id: IDS[0], change: { starred: true } };
      await store.mark([marked], { nowMs: NOW });
      await store.mark([marked], { nowMs: NOW });
      const owner = { userId: 'me', applicationId: undefined };
      expect(told).toMatchObject([{ kind: 'task', id: IDS[0], state: 'succeeded', owner }]);
    });

    test('are only changed by who knows the version, and those of others are unknown', async () => {
      const store = await open();
      await store.storeDocuments({ ...batch([document({ id: IDS[0], userId: 'you' })]), requestSeq: 1 });
      const mark = async (ifVersion: number, within?: string) =>
        store.mark([{ id: IDS[0], change: { rating: ifVersion === 0 ? 1 : 2 }, ifVersion: [ifVersion] }], {
          nowMs: NOW,
          within: within === undefined ? undefined : { userIds: [within], applicationIds: [] },
        });
      expect(await mark(0, 'me')).toEqual([{ kind: 'unknown', id: IDS[0] }]);
      const [first] = await mark(0, 'you');
      expect(first).toMatchObject({ kind: 'changed', before: { version: 0 }, marks: { rating: 1 } });
      expect(await mark(0)).toMatchObject([{ kind: 'conflict', marks: { rating: 1 } }]);
      const version = first?.kind === 'changed' ? first.marks.version : 0;
      expect(await mark(version)).toMatchObject([{ kind: 'changed', marks: { rating: 2 } }]);
    });

    test('from an archive are stored if they are newer, and if their task is', async () => {
      const store = await open();
      await store.storeDocuments({
        ...batch([document({ id: IDS[0] }), document({ id: IDS[1] })]),
        requestSeq: 1,
      });
      await store.mark([{ id: IDS[0], change: { rating: 1 } }], { nowMs: NOW });
      const archived = IDS.slice(0, 3).map((one) => ({
        ...NO_MARKS,
        id: one,
        rating: 4,
        changedAtMs: NOW - 1,
      }));
      expect(await store.importMarks(archived)).toEqual({ changed: 1, kept: 1, unknown: 1 });
      expect(await store.importMarks(archived.map((one) => ({ ...one, changedAtMs: NOW + 1 })))).toEqual({
        ...{ changed: 1, kept: 1, unknown: 1 },
      });
      expect((await store.marksOf(IDS)).map(({ rating }) => rating)).toEqual([4, 4]);
      // Whatever comes first, the latest word counts: also when it is that there are none.
      const cleared = { ...NO_MARKS, id: IDS[1], changedAtMs: NOW + 9 };
      const starred = { ...cleared, starred: true, changedAtMs: NOW + 8 };
      for (const order of [
        [cleared, starred],
        [starred, cleared],
      ]) {
        await store.remove(IDS[1]);
        await store.storeDocuments({
          ...batch([document({ id: IDS[1] })]),
          requestSeq: await store.nextRequestSeq(),
        });
        for (const one of order) await store.importMarks([one]);
        expect(await store.marksOf([IDS[1]])).toMatchObject([NO_MARKS]);
      }
      expect((await store.listMarks(0, 9)).marks.map((one) => [one.id, one.changedAtMs])).toContainEqual([
        ...[IDS[1], NOW + 9],
      ]);
    });
  });
}
