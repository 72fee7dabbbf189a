/** What every store must do with images; a part of conformance.ts. */
import { beforeEach, describe, expect, test } from 'vitest';
import type { MaybePromise } from '../../src/store/contract/maybe-promise.ts';
import type { Store } from '../../src/store/contract/store.ts';
import type { TaskDocument } from '../../src/task/document.ts';
import { type DocumentOptions, document, numberedIds } from '../helpers/documents.ts';
import { putDocuments } from './put-documents.ts';

const NOW = Date.UTC(2026, 2, 14, 12);

export function describeImages(open: () => MaybePromise<Store>): void {
  describe('images', () => {
    let store: Store;
    beforeEach(async () => {
      store = await open();
    });
    const put = (...documents: readonly (TaskDocument | DocumentOptions)[]) =>
      putDocuments(store, documents, NOW);
    const image = (sha256: string) => ({
      sha256,
      mediaType: 'image/png',
      bytes: 10,
      width: 4,
      height: 3,
      thumbhash: Buffer.from([1, 2]),
    });
    const claim = async (nowMs = NOW, limit = 10) => store.claimImages({ nowMs, limit, leaseMs: () => 100 });

    test('of succeeded tasks are enqueued, newest first; a claim lasts for its lease', async () => {
      const [first, second, pending] = numberedIds(3);
      await put({ id: first }, { id: pending, state: 'pending' });
      await store.storeDocuments({
        documents: [document({ id: second })],
        requestSeq: await store.nextRequestSeq(),
        fetchedAtMs: NOW + 1,
      });
      expect(await claim(NOW - 1)).toEqual([]);
      expect(await claim(NOW + 1)).toMatchObject([
        {
          taskId: second,
          n: 0,
          artifact: { kind: 'images', url: `https://img.example/${second}.png` },
          attempts: 0,
          addedAtMs: NOW + 1,
        },
        { taskId: first },
      ]);
      expect(await claim(NOW + 1)).toEqual([]);
      expect(await claim(NOW + 101, 1)).toHaveLength(1);
    });

    test('that were not tried yet are claimed first', async () => {
      const ids = numberedIds(3);
      await put(...ids.map((id) => ({ id })));
      const [first] = await claim(NOW + 1, 1);
      await store.failImage(first ?? { taskId: ids[0], n: 0 }, { dueAtMs: NOW + 50, error: 'gone' });
      const again = await claim(NOW + 60);
      expect(again.map(({ attempts }) => attempts)).toEqual([0, 0, 1]);
      expect(again[2]?.taskId).toBe(first?.taskId);
    });

    test('are claimed only if they were due before a given time', async () => {
      await put({ id: numberedIds(1)[0] });
      const request = { nowMs: NOW + 100, limit: 10, leaseMs: () => 100 };
      expect(await store.claimImages({ ...request, dueBeforeMs: NOW - 1 })).toEqual([]);
      expect(await store.claimImages({ ...request, dueBeforeMs: NOW })).toHaveLength(1);
      expect(await claim(NOW + 199)).toEqual([]);
      expect(await claim(NOW + 200)).toHaveLength(1);
    });

    test('are deferred without counting as tried, unless they are archived', async () => {
      const [id, archived] = numberedIds(2);
      await put({ id }, { id: archived });
      await store.archiveImage({ taskId: archived, n: 0 }, image('aa'), NOW);
      const both = [id, archived].map((taskId) => ({ taskId, n: 0 }));
      await store.deferImages(both, { dueAtMs: NOW + 50, error: 'its host is down' });
      expect(await claim(NOW + 49)).toEqual([]);
      expect(await store.failingImages(5)).toMatchObject([{ taskId: id, error: 'its host is down' }]);
      await store.deferImages(both, { dueAtMs: NOW + 60 });
      expect((await store.imageStats()).reasons).toEqual([{ error: 'its host is down', count: 1 }]);
      expect(await claim(NOW + 60)).toMatchObject([{ taskId: id, attempts: 0 }]);
    });

    test('are archived, or fail and are retried, or are given up', async () => {
      const [id, other] = numberedIds(2);
      await put({ id }, { id: other });
      expect(await store.archiveImage({ taskId: id, n: 0 }, image('aa'), NOW)).toBe(true);
      await store.failImage({ taskId: other, n: 0 }, { dueAtMs: NOW + 50, error: 'gone' });
      expect(await store.image('aa')).toEqual(image('aa'));
      expect(await store.imagesOf([other, id])).toEqual([{ taskId: id, n: 0, ...image('aa') }]);
      expect(await store.imageStats()).toEqual({
        archived: 1,
        bytes: 10,
        wanted: 1,
        givenUp: 0,
        reasons: [{ error: 'gone', count: 1 }],
      });
      expect(await store.failingImages(5)).toEqual([
        { taskId: other, n: 0, attempts: 1, dueAtMs: NOW + 50, error: 'gone' },
      ]);
      await store.failImage({ taskId: other, n: 0 }, { dueAtMs: undefined, error: 'gone' });
      expect(await claim(NOW + 1e9)).toEqual([]);
      expect(await store.imageStats()).toMatchObject({ wanted: 0, givenUp: 1 });
      expect(await store.imagesOf([id])).toHaveLength(1);
    });

    test('that are due are counted up to a limit; those that are claimed do not wait', async () => {
      await put(...numberedIds(3).map((id) => ({ id })));
      expect(await store.countDueImages({ nowMs: NOW - 1, limit: 10 })).toBe(0);
      expect(await store.countDueImages({ nowMs: NOW + 1, limit: 10 })).toBe(3);
      expect(await store.countDueImages({ nowMs: NOW + 1, limit: 2 })).toBe(2);
      await claim(NOW + 1, 1);
      expect(await store.countDueImages({ nowMs: NOW + 1, limit: 10 })).toBe(2);
    });

    test('are listed by their tasks, newest first, without those whose file is missing', async () => {
      const [oldest, middle, newest] = numberedIds(3);
      const at = (seconds: number) => ({ createdAt: 1_700_000_000 + seconds });
      await put({ id: middle, ...at(10) }, { id: newest, ...at(20) }, { id: oldest, ...at(0) });
      for (const [taskId, sha256] of [
        [oldest, 'cc'],
        [middle, 'bb'],
        [newest, 'aa'],
      ] as const)
        await store.archiveImage({ taskId, n: 0 }, image(sha256), NOW);
      await store.recordMissingImages(['bb'], NOW);
      const { images, next } = await store.newestImages();
      expect(images).toEqual([image('aa'), image('cc')]);
      expect(await store.newestImages(next)).toEqual({ images: [], next: undefined });
    });

    test('are removed with the last task that has them', async () => {
      const [id, other] = numberedIds(2);
      await put({ id }, { id: other });
      for (const taskId of [id, other]) await store.archiveImage({ taskId, n: 0 }, image('aa'), NOW);
      expect((await store.remove(id)).orphans).toEqual([]);
      expect((await store.remove(other)).orphans).toEqual([image('aa')]);
      expect(await store.image('aa')).toBeUndefined();
      expect(await store.archiveImage({ taskId: id, n: 0 }, image('bb'), NOW)).toBe(false);
      expect(await store.image('bb')).toBeUndefined();
    });
  });
}
