/** What every store must do with webhooks; a part of conformance.ts. */
import { beforeEach, describe, expect, test } from 'vitest';
import type { MaybePromise } from '../../src/store/contract/maybe-promise.ts';
import type { Store } from '../../src/store/contract/store.ts';
import type { Batch } from '../../src/store/contract/tasks.ts';
import {
  MAX_DIGEST_TASKS,
  MAX_SINGLE_MESSAGES,
  MAX_TEST_MESSAGES,
  MAX_WEBHOOKS,
} from '../../src/store/contract/webhooks.ts';
import type { TaskId } from '../../src/task/id.ts';
import { document, numberedIds } from '../helpers/documents.ts';

const NOW = Date.UTC(2026, 2, 14, 12);
const HOUR = 3_600_000;
const idOf = (number: number) => `00000000-0000-4000-8000-${String(number).padStart(12, '0')}`;
const SAVED = idOf(1);
const [WEBHOOK, OTHER] = [idOf(2), idOf(3)];
const [FIRST, SECOND, THIRD] = numberedIds(3);

export function describeWebhooks(open: () => MaybePromise<Store>): void {
  describe('webhooks', () => {
    let store: Store;
    const add = async (id: string, savedSearchId: string | undefined = SAVED) =>
      store.addWebhook({ id, url: 'https://a.example/', secret: 'whsec_x', savedSearchId, nowMs: NOW });
    const put = async (announces: Batch['announces'], ...ids: readonly TaskId[]) =>
      store.storeDocuments({
        documents: ids.map((id) => document({ id, createdAt: NOW / 1000 + 1 })),
        requestSeq: await store.nextRequestSeq(),
        fetchedAtMs: NOW,
        ...(announces ? { announces } : {}),
      });
    const plan = async (nowMs: number, ...ids: readonly TaskId[]) =>
      store.planMessages({ finished: ids, matches: new Map([[SAVED, ids]]), nowMs });
    const claim = async (nowMs: number, busy: string[] = []) =>
      store.claimDeliveries({ nowMs, limit: 10, leaseMs: 1000, busy });
    const listTypes = async (id: string) => (await store.deliveries(id, 1000)).map(({ type }) => type);

    beforeEach(async () => {
      store = await open();
      const saved = { id: SAVED, name: 'cats', query: 'cat', timeZone: undefined, limits: undefined };
      await store.addSavedSearch({ ...saved, nowMs: NOW });
    });

    test('are kept, changed from a known version, limited in number, and removed with their search', async () => {
      expect(await add(WEBHOOK, idOf(9))).toEqual({ kind: 'unknown' });
      expect(await add(WEBHOOK)).toMatchObject({
        kind: 'changed',
        webhook: { version: 1, savedSearchId: SAVED },
      });
      const url = 'https://b.example/';
      const options = { nowMs: NOW + 1, ifVersion: [1] };
      expect(await store.changeWebhook(WEBHOOK, { url }, options)).toMatchObject({
        webhook: { url, version: 2 },
      });
      expect(await store.changeWebhook(WEBHOOK, { url }, options)).toEqual({ kind: 'conflict' });
      expect(await store.changeWebhook(OTHER, { url }, options)).toEqual({ kind: 'unknown' });
      for (let at = 1; at < MAX_WEBHOOKS; at += 1) await add(idOf(100 + at));
      expect(await add(OTHER)).toEqual({ kind: 'full' });
      expect(await store.removeWebhook(WEBHOOK)).toBe(true);
      expect(await store.removeWebhook(WEBHOOK)).toBe(false);
      expect(await add(OTHER)).toMatchObject({ kind: 'changed' });
      await store.removeSavedSearch(SAVED);
      expect(await store.webhooks()).toEqual([]);
    });

    test('queue tasks that finish, as the batch says, while there are webhooks of searches', async () => {
      await put('all', FIRST);
      await store.addWebhook({
        id: OTHER,
        url: 'https://a.example/',
        secret: 's',
        savedSearchId: undefined,
        nowMs: 1,
      });
      await put('all', SECOND);
      expect(await store.finishedTasks(9)).toEqual([]);
      await add(WEBHOOK);
      const [a, b, c, d, e] = numberedIds(8).slice(3) as [TaskId, TaskId, TaskId, TaskId, TaskId];
      await put('all', FIRST, a); // FIRST had finished before
      await put(undefined, b);
      await put('awaited', c);
      await store.track([d], NOW);
      await put('awaited', d);
      const pending = document({ id: e, state: 'pending' });
      await store.storeDocuments({ documents: [pending], requestSeq: 1, fetchedAtMs: NOW, announces: 'all' });
      expect(await store.finishedTasks(9)).toEqual([a, d]);
      await put('awaited', e);
      await store.remove(a);
      expect(await store.finishedTasks(9)).toEqual([d, e]);
      expect(await store.finishedTasks(1)).toEqual([d]);
      await plan(NOW, d, e);
      expect(await store.finishedTasks(9)).toEqual([]);
    });

    test('are told once of each task that was created after them', async () => {
      await add(WEBHOOK);
      await put('all', FIRST, SECOND);
      await store.storeDocuments({
        documents: [document({ id: THIRD, createdAt: NOW / 1000 })],
        ...{ requestSeq: 5, fetchedAtMs: NOW, announces: 'all' },
      });
      await plan(NOW, FIRST, THIRD);
      await plan(NOW + 5, SECOND, FIRST);
      const deliveries = await store.deliveries(WEBHOOK, 9);
      expect(deliveries.map(({ taskIds }) => taskIds)).toEqual([[SECOND], [FIRST]]);
      expect(new Set(deliveries.map(({ id }) => id)).size).toBe(2);
    });

    test('are told nothing more of tasks that were looked at, though the message is gone', async () => {
      await add(WEBHOOK);
      await put('all', FIRST, SECOND);
      await plan(NOW, FIRST);
      const [message] = await claim(NOW);
      await store.recordDeliveryOutcome(message?.id ?? '', { deliveredAtMs: NOW });
      await store.trimDeliveries(NOW + 1);
      await store.remove(SECOND);
      await put(undefined, SECOND); // of which nobody is to be told
      await plan(NOW + 1, FIRST, SECOND);
      expect(await store.deliveries(WEBHOOK, 9)).toEqual([]);
    });

    test('get one message at a time, which comes back unless its outcome is recorded', async () => {
      await add(WEBHOOK);
      await add(OTHER);
      await put('all', FIRST, SECOND);
      await plan(NOW, FIRST, SECOND);
      const first = await claim(NOW);
      expect(first.map(({ webhookId }) => webhookId).sort()).toEqual([WEBHOOK, OTHER]);
      const second = await claim(NOW, [WEBHOOK]);
      expect(second).toMatchObject([{ webhookId: OTHER }]);
      expect(second[0]?.id).not.toBe(first.find(({ webhookId }) => webhookId === OTHER)?.id);
      const again = await claim(NOW + 1000, [OTHER]);
      expect(again).toHaveLength(1);
      const id = again[0]?.id ?? '';
      await store.recordDeliveryOutcome(id, { dueAtMs: NOW + 5000, error: 'no' });
      const find = async () => (await store.deliveries(WEBHOOK, 9)).find((one) => one.id === id);
      expect(await find()).toMatchObject({ attempts: 1, lastError: 'no', dueAtMs: NOW + 5000 });
      await store.recordDeliveryOutcome(id, { deliveredAtMs: NOW + 6000 });
      expect(await find()).toMatchObject({ attempts: 2, dueAtMs: undefined, lastError: undefined });
      await store.trimDeliveries(NOW + 1);
      expect(await find()).toBeUndefined();
      expect(await store.deliveries(WEBHOOK, 9)).toHaveLength(1); // that which is due stays
      expect(await store.repeatDelivery(OTHER, id, NOW)).toBeUndefined();
    });

    test('get a digest above a number an hour, and another one where it would be too long', async () => {
      await add(WEBHOOK);
      const ids = numberedIds(MAX_SINGLE_MESSAGES + MAX_DIGEST_TASKS + 1);
      await put('all', ...ids);
      await plan(NOW, ...ids.slice(0, -2));
      await plan(NOW + 1, ...ids.slice(-2));
      const types = await listTypes(WEBHOOK);
      expect(types.filter((type) => type === 'task.finished')).toHaveLength(MAX_SINGLE_MESSAGES);
      const digests = (await store.deliveries(WEBHOOK, 9)).filter(({ type }) => type === 'tasks.finished');
      expect(digests.map(({ taskIds }) => taskIds.length).sort()).toEqual([1, MAX_DIGEST_TASKS]);
      expect(digests.every(({ dueAtMs = 0 }) => dueAtMs >= NOW + HOUR)).toBe(true);
    });

    test('name no task that was forgotten, neither alone nor in a digest', async () => {
      await add(WEBHOOK);
      const ids = numberedIds(MAX_SINGLE_MESSAGES + 3);
      const [first = FIRST, second = FIRST, last = FIRST] = ids.slice(-3);
      await put('all', ...ids);
      await plan(NOW, ...ids);
      const listDigests = async () =>
        (await store.deliveries(WEBHOOK, 999)).filter(({ type }) => type === 'tasks.finished');
      await store.removeMany([first, FIRST, second]);
      expect((await listDigests()).map(({ taskIds }) => taskIds)).toEqual([[last]]);
      const named = (await store.deliveries(WEBHOOK, 999)).flatMap(({ taskIds }) => taskIds);
      expect(new Set(named)).toEqual(new Set(ids.filter((id) => ![first, FIRST, second].includes(id))));
      await store.remove(last);
      expect(await listDigests()).toEqual([]);
    });

    test('get nothing more in a digest that was sent early', async () => {
      await add(WEBHOOK);
      const ids = numberedIds(MAX_SINGLE_MESSAGES + 2);
      const [early = FIRST, late = FIRST] = ids.slice(-2);
      await put('all', ...ids);
      await plan(NOW, ...ids.slice(0, -1));
      const [digest] = (await store.deliveries(WEBHOOK, 999)).filter(({ type }) => type === 'tasks.finished');
      await store.repeatDelivery(WEBHOOK, digest?.id ?? '', NOW + 1);
      await plan(NOW + 2, late);
      const digests = (await store.deliveries(WEBHOOK, 999)).filter(({ type }) => type === 'tasks.finished');
      expect(digests.map(({ taskIds }) => taskIds)).toEqual([[late], [early]]);
    });

    test('get nothing more in a digest that was claimed, though the clock is set back', async () => {
      await add(WEBHOOK);
      const ids = numberedIds(MAX_SINGLE_MESSAGES + 3);
      const [sent = FIRST, whileSending = FIRST, late = FIRST] = ids.slice(-3);
      await put('all', ...ids);
      await plan(NOW, ...ids.slice(0, -2));
      const listDigests = async () =>
        (await store.deliveries(WEBHOOK, 999)).filter(({ type }) => type === 'tasks.finished');
      const [digest] = await listDigests();
      let claimed: string | undefined;
      while (claimed !== digest?.id) {
        [{ id: claimed } = { id: undefined }] = await claim(NOW + HOUR);
        if (claimed !== digest?.id)
          await store.recordDeliveryOutcome(claimed ?? '', { deliveredAtMs: NOW + HOUR });
      }
      await plan(NOW + 1, whileSending);
      await store.recordDeliveryOutcome(claimed ?? '', { deliveredAtMs: NOW + HOUR });
      await plan(NOW + 2, late);
      expect((await listDigests()).map(({ taskIds }) => taskIds)).toEqual([[whileSending, late], [sent]]);
    });

    test('of health are told in the step that records it', async () => {
      await add(WEBHOOK);
      await store.addWebhook({
        id: OTHER,
        url: 'https://a.example/',
        secret: 's',
        savedSearchId: undefined,
        nowMs: 1,
      });
      await store.announceHealth({
        messages: [{ type: 'backup.failed', data: { reason: 'x' } }],
        checkpoint: { name: 'health', text: '{"a":1}' },
        nowMs: NOW,
      });
      expect(await store.readCheckpoint('health')).toBe('{"a":1}');
      expect([await listTypes(WEBHOOK), await listTypes(OTHER)]).toEqual([[], ['backup.failed']]);
      expect(await store.addTestMessage(WEBHOOK, NOW)).toMatchObject({
        ...{ kind: 'queued', delivery: { type: 'test', dueAtMs: NOW } },
      });
      expect(await store.addTestMessage(idOf(9), NOW)).toEqual({ kind: 'unknown' });
      expect(await claim(NOW)).toMatchObject([expect.anything(), expect.anything()]);
    });

    test('get so many messages an hour that say nothing, each for itself, though the clock is set back', async () => {
      await add(WEBHOOK);
      await add(OTHER);
      const send = async (nowMs: number, id = WEBHOOK) => (await store.addTestMessage(id, nowMs)).kind;
      for (let at = 0; at < MAX_TEST_MESSAGES; at += 1) expect(await send(NOW + at)).toBe('queued');
      expect(await store.addTestMessage(WEBHOOK, NOW + 100)).toEqual({
        kind: 'limited',
        untilMs: NOW + HOUR,
      });
      expect(await send(NOW + 100, OTHER)).toBe('queued');
      expect(await send(NOW + HOUR)).toBe('queued');
      expect(await send(NOW + HOUR)).toBe('limited');
      expect(await send(NOW - HOUR)).toBe('queued');
      expect(await store.deliveries(WEBHOOK, 1000)).toHaveLength(MAX_TEST_MESSAGES + 2);
    });

    test('get what a wrong clock has queued far ahead, and are not told in digests for as long', async () => {
      await add(WEBHOOK);
      const later = NOW + 365 * 24 * HOUR;
      const ids = numberedIds(MAX_SINGLE_MESSAGES + 2);
      const last = ids.at(-1) ?? FIRST;
      await put('all', ...ids);
      await plan(later, ...ids.slice(0, -1));
      const claimed = [];
      for (let [one] = await claim(NOW); one; [one] = await claim(NOW)) {
        claimed.push(one);
        await store.recordDeliveryOutcome(one.id, { deliveredAtMs: NOW });
      }
      expect(claimed).toHaveLength(MAX_SINGLE_MESSAGES + 1);
      expect(claimed.map(({ queuedAtMs }) => queuedAtMs).every((queuedAtMs) => queuedAtMs === NOW)).toBe(
        true,
      );
      await plan(NOW + 1, last);
      expect(await claim(NOW + 1)).toMatchObject([{ type: 'task.finished', taskIds: [last] }]);
    });

    test('have pages of deliveries that neither skip nor repeat any', async () => {
      await add(WEBHOOK);
      await add(OTHER);
      const times = [NOW, NOW, NOW, NOW + 1, NOW + 1, NOW + 2];
      for (const nowMs of times) await store.addTestMessage(WEBHOOK, nowMs);
      await store.addTestMessage(OTHER, NOW);
      const all = await store.deliveries(WEBHOOK, 100);
      const paged = await store.deliveries(WEBHOOK, 2);
      for (let last = paged.at(-1); last; ) {
        const page = await store.deliveries(WEBHOOK, 2, last);
        paged.push(...page);
        last = page.at(-1);
      }
      expect(paged).toEqual(all);
      expect(all).toHaveLength(times.length);
      const gone = { createdAtMs: NOW + 1, id: 'msg_gone' };
      expect(await store.deliveries(WEBHOOK, 100, gone)).toEqual(all.slice(1));
    });
  });
}
