/** What every store must do with several processes, and what they are told; a part of conformance.ts. */
import { beforeEach, describe, expect, test } from 'vitest';
import type { StoreChange } from '../../src/store/contract/changes.ts';
import type { MaybePromise } from '../../src/store/contract/maybe-promise.ts';
import { SERVER_TIMEOUT_MS } from '../../src/store/contract/servers.ts';
import type { Store } from '../../src/store/contract/store.ts';
import type { StoredTask } from '../../src/store/contract/tasks.ts';
import type { TaskDocument } from '../../src/task/document.ts';
import type { TaskId } from '../../src/task/id.ts';
import { type DocumentOptions, document, numberedIds } from '../helpers/documents.ts';
import type { OpenMirror } from './conformance.ts';
import { putDocuments } from './put-documents.ts';

const NOW = Date.UTC(2026, 2, 14, 12);
const HOUR = 3_600_000;

export function describeProcesses(createMirror: () => OpenMirror): void {
  describe('two processes on one mirror', () => {
    let store: Store;
    let openMirror: OpenMirror;
    beforeEach(async () => {
      openMirror = createMirror();
      store = await openMirror('server');
    });
    const put = (...documents: readonly (TaskDocument | DocumentOptions)[]) =>
      putDocuments(store, documents, NOW);

    test('take their request numbers from one counter', async () => {
      const beside = await openMirror('command');
      const numbers: number[] = [];
      for (let turn = 0; turn < 5; turn += 1)
        numbers.push(await store.nextRequestSeq(), await beside.nextRequestSeq());
      expect(numbers).toEqual([...new Set(numbers)].sort((a, b) => a - b));
    });

    test('the later response for a pending task wins, from either process', async () => {
      const [id] = numberedIds(1);
      const beside = await openMirror('command');
      const receive = async (by: Store, version: number) =>
        by.storeDocuments({
          documents: [document({ id, state: 'pending', more: { version } })],
          requestSeq: await by.nextRequestSeq(),
          fetchedAtMs: NOW + version,
        });
      await receive(beside, 1);
      expect(await receive(store, 2)).toMatchObject({ updated: 1, kept: 0 });
      expect((await store.get(id))?.fetchedAtMs).toBe(NOW + 2);
      expect(await receive(beside, 3)).toMatchObject({ updated: 1, kept: 0 });
      expect(await receive(store, 3)).toMatchObject({ unchanged: 1 });
      expect((await beside.get(id))?.fetchedAtMs).toBe(NOW + 3);
    });

    /** Claims one id and starts a run, and says so. */
    const work = async (by: Store, id: TaskId, nowMs = NOW) => {
      await by.recordHeartbeat(nowMs);
      await by.startRun({ trigger: 'command', startedAtMs: nowMs });
      await by.track([id], nowMs);
      const claims = await by.claimDue({ dueBeforeMs: nowMs, nowMs, limit: 1, leaseMs: HOUR });
      expect(claims.map((claim) => claim.id)).toEqual([id]);
    };
    const claimedBy = async (by: Store, nowMs: number) =>
      (await by.claimDue({ dueBeforeMs: nowMs, nowMs, limit: 9, leaseMs: HOUR })).map(({ id }) => id);
    const outcomes = async () => (await store.runs(9)).map(({ outcome }) => outcome);

    test('a starting server leaves a running command its claims and its run', async () => {
      const [id] = numberedIds(1);
      await work(await openMirror('command'), id);
      await store.close();
      store = await openMirror('server');
      await store.recordHeartbeat(NOW + SERVER_TIMEOUT_MS - 1);
      expect(await claimedBy(store, NOW + 1)).toEqual([]);
      expect(await outcomes()).toEqual(['running']);
    });

    test('the claims of a process that has stopped are released after a while', async () => {
      const [first, second] = numberedIds(2);
      const beside = await openMirror('command');
      await work(beside, first);
      await work(store, second);
      const laterMs = NOW + SERVER_TIMEOUT_MS;
      await beside.recordHeartbeat(laterMs - 1);
      await store.recordHeartbeat(laterMs);
      expect(await claimedBy(store, laterMs)).toEqual([]);
      expect(await outcomes()).toEqual(['running', 'running']);
      await store.recordHeartbeat(laterMs - 1 + SERVER_TIMEOUT_MS);
      expect(await claimedBy(store, laterMs)).toEqual([first]);
      expect(await outcomes()).toEqual(['running', 'interrupted']);
    });

    test('shows that another process has changed something, and that it has not itself', async () => {
      const before = await store.readForeignVersion();
      await put({});
      expect(await store.readForeignVersion()).toBe(before);
      const command = await openMirror('command');
      await command.track(numberedIds(1), NOW);
      expect(await store.readForeignVersion()).not.toBe(before);
    });
  });
}

export function describeChanges(open: () => MaybePromise<Store>): void {
  describe('changes', () => {
    let store: Store;
    beforeEach(async () => {
      store = await open();
    });
    const put = (...documents: readonly (TaskDocument | DocumentOptions)[]) =>
      putDocuments(store, documents, NOW);

    test('tells of changes after they are made, with the owners, and of nothing that stayed as it was', async () => {
      const [id, broken] = numberedIds(2);
      const changes: StoreChange[] = [];
      const stored: MaybePromise<StoredTask[]>[] = [];
      const stop = store.onChange((change) => {
        changes.push(change);
        stored.push(store.getMany([id]));
      });
      const owner = { userId: 'user-1', applicationId: undefined };
      const task = { kind: 'task', id, createdAtMs: 1_773_400_000_000, owner };
      await store.addPlaceholder(document({ id, state: 'pending', prompt: 'as asked for' }), {
        nowMs: NOW,
        dueAtMs: NOW,
      });
      await put({ id, state: 'pending' }, { ...document({ id: broken }), createdAtMs: Number.NaN });
      await put({ id, state: 'pending' });
      await put({ id });
      await put({ id, prompt: 'finished tasks stay as they are' });
      expect(changes).toEqual([
        { ...task, state: 'pending' },
        { ...task, state: 'pending' },
        { ...task, state: 'succeeded' },
      ]);
      expect(await stored.at(-1)).toMatchObject([{ state: 'succeeded' }]);
      await store.failImage({ taskId: id, n: 7 }, { dueAtMs: NOW, error: 'there is no such image' });
      await store.untrack(id);
      await store.remove(id);
      await store.remove(id);
      await store.track([broken], NOW);
      expect(changes.slice(3)).toEqual([{ ...task, state: 'removed' }, { kind: 'status' }]);
      stop();
      await put({ id: broken });
      expect(changes).toHaveLength(5);
    });
  });
}
