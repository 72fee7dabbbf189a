/** What every store must do with tracked ids and runs; a part of conformance.ts. */
import { beforeEach, describe, expect, test } from 'vitest';
import type { MaybePromise } from '../../src/store/contract/maybe-promise.ts';
import type { Store } from '../../src/store/contract/store.ts';
import type { Claim } from '../../src/store/contract/tracking.ts';
import type { TaskDocument } from '../../src/task/document.ts';
import type { TaskId } from '../../src/task/id.ts';
import { type DocumentOptions, numberedIds } from '../helpers/documents.ts';
import { putDocuments } from './put-documents.ts';

const NOW = Date.UTC(2026, 2, 14, 12);

export function describeTracking(open: () => MaybePromise<Store>): void {
  describe('tracking', () => {
    let store: Store;
    beforeEach(async () => {
      store = await open();
    });
    const put = (...documents: readonly (TaskDocument | DocumentOptions)[]) =>
      putDocuments(store, documents, NOW);
    const claim = (limit = 50, nowMs = NOW, leaseMs = 1000) =>
      store.claimDue({ dueBeforeMs: nowMs, nowMs, limit, leaseMs });
    const settled = async (claims: readonly Claim[], dueAtMs: number | undefined) =>
      store.storeDocuments({
        documents: [],
        requestSeq: await store.nextRequestSeq(),
        fetchedAtMs: NOW,
        outcomes: claims.map((claim) => ({
          claim,
          dueAtMs,
          unknownSinceMs: undefined,
          error: undefined,
        })),
      });

    test('reports how many ids were new, and loses none', async () => {
      const ids = numberedIds(3);
      await put({ id: ids[2] });
      expect(await store.track([...ids, ids[0]], NOW)).toEqual({
        added: 2,
        revived: 0,
        alreadyTracked: 0,
        alreadyFinished: 1,
      });
      expect(await store.track(ids, NOW)).toMatchObject({ added: 0, alreadyTracked: 2 });
      expect(await store.filterTracked(['nobody' as TaskId, ids[0]])).toEqual([ids[0]]);
      expect(await store.untrack(ids[0])).toBe(true);
      expect(await store.untrack(ids[0])).toBe(false);
      expect((await store.tracked({ limit: 1, offset: 0 })).total).toBe(1);
    });

    test('claims take due ids, longest due first, and each once until its lease ends', async () => {
      const ids = numberedIds(6);
      for (const [at, id] of ids.entries()) await store.track([id], NOW - at);
      const first = await claim(4);
      expect([await store.countDue(NOW - 4), await store.countDue(NOW)]).toEqual([0, 2]);
      expect(first.map(({ id }) => id).sort()).toEqual(ids.slice(2).sort());
      expect((await claim()).map(({ id }) => id).sort()).toEqual(ids.slice(0, 2).sort());
      expect(await claim()).toEqual([]);
      expect(await claim(50, NOW + 999)).toEqual([]);
      expect(await claim(50, NOW + 1000)).toHaveLength(6);
    });

    test('a result from an older claim is ignored', async () => {
      const [id] = numberedIds(1);
      await store.track([id], NOW);
      const old = await claim();
      const current = await claim(50, NOW + 2000);
      await settled(old, NOW + 99_000);
      expect((await store.tracked({ limit: 1, offset: 0 })).items[0]?.dueAtMs).toBe(NOW);
      await settled(current, NOW + 50_000);
      const [item] = (await store.tracked({ limit: 1, offset: 0 })).items;
      expect([item?.dueAtMs, item?.attempts]).toEqual([NOW + 50_000, 1]);
      await settled(current, NOW + 70_000); // told twice
      expect((await store.tracked({ limit: 1, offset: 0 })).items[0]?.dueAtMs).toBe(NOW + 50_000);
    });

    test('of two results of one claim, the first one counts', async () => {
      const ids = numberedIds(300);
      await store.track(ids, NOW);
      const claims = await claim(ids.length);
      const end = (dueAtMs: number | undefined) =>
        claims.map((one) => ({ claim: one, dueAtMs, unknownSinceMs: undefined, error: undefined }));
      await store.storeDocuments({
        documents: [],
        ...{ requestSeq: 1, fetchedAtMs: NOW },
        outcomes: [...end(NOW + 50_000), ...end(undefined)],
      });
      const { items } = await store.tracked({ limit: ids.length, offset: 0 });
      expect(new Set(items.map(({ dueAtMs, attempts }) => `${dueAtMs} ${attempts}`))).toEqual(
        new Set([`${NOW + 50_000} 1`]),
      );
    });

    test('released claims are due again at once, unchanged', async () => {
      await store.track(numberedIds(3), NOW);
      await store.release(await claim());
      expect((await claim()).map(({ attempts }) => attempts)).toEqual([0, 0, 0]);
    });

    test('a finished document ends its tracking in the same transaction', async () => {
      const [id] = numberedIds(1);
      await store.track([id], NOW);
      await claim();
      await put({ id });
      expect((await store.tracked({ limit: 1, offset: 0 })).total).toBe(0);
    });

    test('a given-up id stays visible, is never due, and is resumed when requested', async () => {
      const [id] = numberedIds(1);
      await store.track([id], NOW);
      await settled(await claim(), undefined);
      expect((await store.tracked({ limit: 1, offset: 0 })).items[0]).toMatchObject({
        id,
        dueAtMs: undefined,
      });
      expect([await claim(50, NOW + 1e12), (await store.stats(NOW)).givenUp]).toEqual([[], 1]);
      expect(await store.track([id], NOW + 5)).toMatchObject({ revived: 1 });
      expect(await claim(50, NOW + 5)).toMatchObject([{ id, attempts: 0, unknownSinceMs: undefined }]);
    });

    test('an id due far in the future, because a clock was wrong, becomes due', async () => {
      const [id] = numberedIds(1);
      await store.track([id], NOW + 10 * 365 * 86_400_000);
      expect(await claim()).toHaveLength(1);
    });
  });
}

export function describeRuns(open: () => MaybePromise<Store>): void {
  describe('sync runs', () => {
    let store: Store;
    beforeEach(async () => {
      store = await open();
    });

    test('runs are recorded, newest first', async () => {
      const first = await store.startRun({ trigger: 'schedule', startedAtMs: NOW });
      const second = await store.startRun({ trigger: 'api', startedAtMs: NOW + 1 });
      const counts = {
        claimed: 3,
        finished: 2,
        pending: 1,
        unknown: 0,
        failed: 0,
        givenUp: 0,
        requests: 1,
        regressions: 0,
        dropped: 0,
        discovered: 4,
      };
      await store.endRun(first, { endedAtMs: NOW + 9, outcome: 'unreachable', counts, error: 'gone' });
      expect(await store.runs(10)).toMatchObject([
        { id: second, trigger: 'api', outcome: 'running', endedAtMs: undefined },
        { id: first, outcome: 'unreachable', endedAtMs: NOW + 9, counts, error: 'gone' },
      ]);
      expect(await store.runs(1)).toHaveLength(1);
    });
  });
}
