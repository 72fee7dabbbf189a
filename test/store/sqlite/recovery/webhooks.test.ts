/** Webhooks survive what databases go through, and a restored backup tells nobody anything. */
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { Store } from '../../../../src/store/contract/store.ts';
import { Database } from '../../../../src/store/sqlite/driver.ts';
import { openStore } from '../../../../src/store/sqlite/open.ts';
import { backUp } from '../../../../src/store/sqlite/recovery/backup.ts';
import { rebuild } from '../../../../src/store/sqlite/recovery/rebuild.ts';
import { restore } from '../../../../src/store/sqlite/recovery/restore.ts';
import type { TaskId } from '../../../../src/task/id.ts';
import { document } from '../../../helpers/documents.ts';
import { ManualClock } from '../../../helpers/manual-clock.ts';
import { openTestStore, temporaryDirectory } from '../../../helpers/test-mirror.ts';

const clock = new ManualClock();
const SAVED_ID = '00000000-0000-4000-8000-000000000001';
const WEBHOOK_ID = '00000000-0000-4000-8000-000000000002';
const CLAIM = { nowMs: 10, limit: 5, leaseMs: 1, busy: [] };

/** A closed mirror with a message that is due, and a finished task that was not looked at. */
async function createMirror(): Promise<string> {
  const dataDir = temporaryDirectory();
  const store = await openStore({ dataDir, clock, mode: 'owner' });
  const saved = {
    id: SAVED_ID,
    name: 'Cats',
    query: 'cat',
    timeZone: undefined,
    limits: undefined,
    nowMs: 1,
  };
  await store.addSavedSearch(saved);
  const secret = `whsec_${'x'.repeat(40)}`;
  const webhook = { id: WEBHOOK_ID, url: 'https://a.example/', secret, savedSearchId: SAVED_ID, nowMs: 1 };
  await store.addWebhook(webhook);
  await finish(store, 'one');
  const ids = await store.finishedTasks(5);
  await store.planMessages({ finished: ids, matches: new Map([[SAVED_ID, ids]]), nowMs: 5 });
  await finish(store, 'two');
  await store.close();
  return dataDir;
}

async function finish(store: Store, id: string): Promise<void> {
  await store.storeDocuments({
    documents: [document({ id })],
    requestSeq: await store.nextRequestSeq(),
    fetchedAtMs: 2,
    announces: 'all',
  });
}

async function backUpTo(dataDir: string): Promise<string> {
  const backup = join(temporaryDirectory(), 'backup.db');
  await backUp(dataDir, backup);
  return backup;
}

function alter(file: string, sql: string): void {
  const raw = new Database(file);
  raw.exec(sql);
  raw.close();
}

describe('webhooks', () => {
  test('and what they are to be told are rebuilt', async () => {
    const dataDir = await createMirror();
    rebuild(dataDir, clock);
    const store = await openTestStore(dataDir);
    expect(await store.finishedTasks(5)).toEqual(['two']);
    expect(await store.claimDeliveries(CLAIM)).toMatchObject([
      { webhookId: WEBHOOK_ID, taskIds: ['one'], savedSearch: { name: 'Cats' } },
    ]);
  });

  test('are restored, but what the backup was about to tell is told by nobody', async () => {
    const backup = await backUpTo(await createMirror());
    const dataDir = temporaryDirectory();
    restore(dataDir, backup, clock.now());
    const store = await openTestStore(dataDir);
    expect(await store.webhooks()).toMatchObject([{ id: WEBHOOK_ID, savedSearchId: SAVED_ID }]);
    expect(await store.finishedTasks(5)).toEqual([]);
    expect(await store.claimDeliveries(CLAIM)).toEqual([]);
    const [delivery] = await store.deliveries(WEBHOOK_ID, 5);
    expect(delivery).toMatchObject({ dueAtMs: undefined, lastError: 'a backup was restored' });
    await store.repeatDelivery(WEBHOOK_ID, delivery?.id ?? '', 9);
    expect(await store.claimDeliveries(CLAIM)).toMatchObject([{ taskIds: ['one'] }]);
  });

  test('that were removed or changed since the backup stay so', async () => {
    const dataDir = await createMirror();
    const [OTHER_ID, url, secret] = [
      SAVED_ID.replace(/1$/, '3'),
      'https://b.example/',
      `whsec_${'y'.repeat(40)}`,
    ];
    const store = await openStore({ dataDir, clock, mode: 'owner' });
    await store.addWebhook({ id: OTHER_ID, url, secret, savedSearchId: undefined, nowMs: 1 });
    const backup = await backUpTo(dataDir);
    await store.removeWebhook(WEBHOOK_ID);
    await store.changeWebhook(OTHER_ID, { url: 'https://c.example/' }, { nowMs: 2 });
    await store.close();
    restore(dataDir, backup, clock.now());
    const restored = await openTestStore(dataDir);
    expect(await restored.webhooks()).toMatchObject([{ id: OTHER_ID, url: 'https://c.example/', secret }]);
    expect(await restored.deliveries(WEBHOOK_ID, 5)).toEqual([]);
  });

  test('tell of a task that finishes again after a restore under the same id', async () => {
    const dataDir = await createMirror();
    const store = await openTestStore(dataDir);
    const before = await store.deliveries(WEBHOOK_ID, 5);
    const one = 'one' as TaskId;
    await store.remove(one);
    expect(await store.deliveries(WEBHOOK_ID, 5)).toEqual([]);
    await finish(store, one);
    await store.planMessages({ finished: [one], matches: new Map([[SAVED_ID, [one]]]), nowMs: 6 });
    expect((await store.deliveries(WEBHOOK_ID, 5)).map(({ id }) => id)).toEqual(before.map(({ id }) => id));
  });

  test.each([
    "UPDATE webhooks SET url = 'file:///etc/passwd'",
    "UPDATE webhooks SET secret = 'x'",
    "UPDATE webhooks SET created_at = 'x'",
  ])('that the mirror could not use are not restored: %s', async (sql) => {
    const backup = await backUpTo(await createMirror());
    alter(backup, sql);
    expect(() => restore(temporaryDirectory(), backup, clock.now())).toThrow(/webhooks has a row/);
  });

  test.each([
    "UPDATE webhook_deliveries SET type = 'x'",
    "UPDATE webhook_deliveries SET task_ids = 'x'",
    "UPDATE webhook_deliveries SET data = '[]'",
    "UPDATE webhook_deliveries SET attempts = 'x'",
  ])('are restored without deliveries that the mirror could not read: %s', async (sql) => {
    const backup = await backUpTo(await createMirror());
    alter(backup, sql);
    const dataDir = temporaryDirectory();
    restore(dataDir, backup, clock.now());
    const store = await openTestStore(dataDir);
    expect(await store.deliveries(WEBHOOK_ID, 5)).toEqual([]);
    expect(await store.webhooks()).toHaveLength(1);
  });
});
