/** Webhooks in PostgreSQL: several servers that share the work of telling them. */
import { randomUUID } from 'node:crypto';
import { beforeEach, describe, expect, test } from 'vitest';
import { MAX_SINGLE_MESSAGES, MAX_WEBHOOKS } from '../../../src/store/contract/webhooks.ts';
import type { PostgresStore } from '../../../src/store/postgres/open.ts';
import type { TaskId } from '../../../src/task/id.ts';
import { document, numberedIds } from '../../helpers/documents.ts';
import { connectToTest, createTestDatabase, openPostgresTestStore, runSql } from '../../helpers/postgres.ts';
import { requireOnMachine } from '../../helpers/requirements.ts';

const NOW = Date.UTC(2026, 2, 14, 12);
const HOUR = 3_600_000;
const SAVED = randomUUID();

let url: string;
let stores: [PostgresStore, PostgresStore, PostgresStore];

beforeEach(async (context) => {
  requireOnMachine(context, 'postgres');
  url = await createTestDatabase();
  const open = () => openPostgresTestStore(url);
  stores = [await open(), await open(), await open()];
  const saved = { id: SAVED, name: 'cats', query: 'cat', timeZone: undefined, limits: undefined };
  await stores[0].addSavedSearch({ ...saved, nowMs: NOW });
});

const addWebhook = async (savedSearchId: string | undefined = SAVED) => {
  const id = randomUUID();
  const webhook = { id, url: 'https://a.example/', secret: 'whsec_x', savedSearchId };
  await stores[0].addWebhook({ ...webhook, nowMs: NOW });
  return id;
};

/** Tasks that finish after the webhooks were added. */
const finish = async (ids: readonly TaskId[]) =>
  stores[0].storeDocuments({
    documents: ids.map((id) => document({ id, createdAt: NOW / 1000 + 1 })),
    requestSeq: await stores[0].nextRequestSeq(),
    fetchedAtMs: NOW,
    announces: 'all',
  });
const planAll = async (store: PostgresStore, nowMs = NOW) => {
  const finished = await store.finishedTasks(1000);
  await store.planMessages({ finished, matches: new Map([[SAVED, finished]]), nowMs });
};

/** Who waits for a lock. */
const WAITING = `SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`;

describe('several servers', () => {
  test('claim each message once, and of each webhook the one that is due for the longest time', async () => {
    const webhooks = await Promise.all(Array.from({ length: 5 }, () => addWebhook()));
    await finish(numberedIds(20));
    await planAll(stores[0]);
    const claimed: { id: string; webhookId: string }[] = [];
    await Promise.all(
      stores.map(async (store) => {
        while (claimed.length < 100) {
          const found = await store.claimDeliveries({ nowMs: NOW, limit: 10, leaseMs: HOUR, busy: [] });
          expect(new Set(found.map(({ webhookId }) => webhookId)).size).toBe(found.length);
          claimed.push(...found);
          for (const { id } of found) await store.recordDeliveryOutcome(id, { deliveredAtMs: NOW });
        }
      }),
    );
    expect(new Set(claimed.map(({ id }) => id)).size).toBe(claimed.length);
    const [{ n } = { n: 0 }] = await runSql(
      url,
      'SELECT count(*)::int AS n FROM webhook_deliveries WHERE attempts = 1',
    );
    expect(n).toBe(100);
    expect(new Set(claimed.map(({ webhookId }) => webhookId))).toEqual(new Set(webhooks));
  });

  test('claim again what a server has claimed that is no more, under the same id', async () => {
    await addWebhook();
    await finish(numberedIds(1));
    await planAll(stores[0]);
    const claim = (store: PostgresStore, nowMs: number) =>
      store.claimDeliveries({ nowMs, limit: 10, leaseMs: 1000, busy: [] });
    const [first] = await claim(stores[0], NOW);
    expect(await claim(stores[1], NOW + 999)).toEqual([]);
    expect(await claim(stores[1], NOW + 1000)).toMatchObject([{ id: first?.id, attempts: 0 }]);
  });

  test('wait for nobody who is claiming, nor for those who remove what is old', async () => {
    const [busy, other] = [await addWebhook(), await addWebhook()];
    await finish(numberedIds(1));
    await planAll(stores[0]);
    const db = connectToTest(url);
    const client = await db.pool.connect();
    await client.query('BEGIN');
    await client.query('SELECT 1 FROM webhook_deliveries WHERE webhook_id = $1 FOR UPDATE', [busy]);
    const claimed = await stores[1].claimDeliveries({ nowMs: NOW, limit: 10, leaseMs: 1, busy: [] });
    expect(claimed.map(({ webhookId }) => webhookId)).toEqual([other]);
    for (const { id } of claimed) await stores[1].recordDeliveryOutcome(id, { deliveredAtMs: NOW });
    await stores[1].trimDeliveries(NOW + 1);
    await client.query('ROLLBACK');
    client.release();
    expect(await stores[1].deliveries(other, 9)).toEqual([]);
    expect(await stores[1].deliveries(busy, 9)).toHaveLength(1);
  });

  test('plan the same finished tasks, and each is told of once', async () => {
    const webhook = await addWebhook();
    const ids = numberedIds(MAX_SINGLE_MESSAGES + 150);
    for (const part of [ids.slice(0, 120), ids.slice(120)]) {
      await finish(part);
      await Promise.all(stores.flatMap((store) => [planAll(store), planAll(store)]));
    }
    const deliveries = await stores[0].deliveries(webhook, 1000);
    const told = deliveries.flatMap(({ taskIds }) => taskIds);
    expect([...told].sort()).toEqual(ids);
    expect(deliveries.filter(({ type }) => type === 'task.finished')).toHaveLength(MAX_SINGLE_MESSAGES);
    expect(deliveries.filter(({ type }) => type === 'tasks.finished')).toHaveLength(1);
    expect(await stores[0].finishedTasks(9)).toEqual([]);
  });

  test('that have looked at the same tasks say nothing more when their messages were sent meanwhile', async () => {
    const webhook = await addWebhook();
    const ids = numberedIds(MAX_SINGLE_MESSAGES + 10);
    await finish(ids);
    const planned = { finished: ids, matches: new Map([[SAVED, ids]]) };
    await stores[0].planMessages({ ...planned, nowMs: NOW });
    await stores[0].trimDeliveries(NOW + 1);
    await runSql(url, 'UPDATE webhook_deliveries SET due_at = NULL, attempts = 1, delivered_at = 1');
    await stores[1].planMessages({ ...planned, nowMs: NOW + 2 * HOUR });
    const told = (await stores[0].deliveries(webhook, 1000)).flatMap(({ taskIds }) => taskIds);
    expect([...told].sort()).toEqual(ids);
  });

  test('add nothing to a digest that another one is claiming, whose clock is ahead', async () => {
    const webhook = await addWebhook();
    const ids = numberedIds(MAX_SINGLE_MESSAGES + 2);
    const [sent, late] = ids.slice(-2) as [TaskId, TaskId];
    await finish(ids.slice(0, -1));
    await planAll(stores[0]);
    await finish([late]);
    const client = await connectToTest(url).pool.connect();
    await client.query('BEGIN');
    await client.query("UPDATE webhook_deliveries SET due_at = due_at + 1 WHERE type = 'tasks.finished'");
    const planning = planAll(stores[0]);
    await expect.poll(() => runSql(url, WAITING)).toHaveLength(1);
    await client.query('COMMIT');
    client.release();
    await planning;
    const digests = (await stores[0].deliveries(webhook, 1000)).filter(
      ({ type }) => type === 'tasks.finished',
    );
    expect(digests.map(({ taskIds }) => taskIds)).toEqual([[late], [sent]]);
  });

  test('add to a digest while tasks of it are removed, and lose neither', async () => {
    const webhook = await addWebhook();
    const ids = numberedIds(MAX_SINGLE_MESSAGES + 60);
    const [digested, added] = [ids.slice(-60, -30), ids.slice(-30)];
    await finish(ids.slice(0, -30));
    await planAll(stores[0]);
    await finish(added);
    const removed = digested.filter((_, at) => at % 3 === 0);
    await Promise.all([
      ...removed.map((id, at) => stores[at % 2]?.removeMany([id, ...removed.slice(0, at % 4)])),
      ...added.map((id) =>
        stores[2].planMessages({ finished: [id], matches: new Map([[SAVED, [id]]]), nowMs: NOW + 1 }),
      ),
    ]);
    const told = (await stores[0].deliveries(webhook, 1000)).flatMap(({ taskIds }) => taskIds);
    expect([...told].sort()).toEqual(ids.filter((id) => !removed.includes(id)));
  });

  test('tell nobody of tasks that are removed while they are planned', async () => {
    const webhook = await addWebhook();
    const ids = numberedIds(30);
    await finish(ids);
    const removed = ids.filter((_, at) => at % 2 === 0);
    const parts = Array.from({ length: 10 }, (_, at) => ids.slice(at * 3, at * 3 + 3));
    await Promise.all([
      ...removed.map((id) => stores[2].remove(id)),
      ...parts.map((part, at) =>
        stores[at % 2]?.planMessages({ finished: part, matches: new Map([[SAVED, part]]), nowMs: NOW }),
      ),
    ]);
    const told = (await stores[0].deliveries(webhook, 100)).flatMap(({ taskIds }) => taskIds);
    expect([...told].sort()).toEqual(ids.filter((id) => !removed.includes(id)));
  });

  test('keep the limits of webhooks, and remove them with their search while messages are planned', async () => {
    const adding = Array.from({ length: 2 * MAX_WEBHOOKS }, (_, at) =>
      stores[at % 3]?.addWebhook({
        ...{ id: randomUUID(), url: 'https://a.example/', secret: 's', savedSearchId: SAVED, nowMs: NOW },
      }),
    );
    const kinds = (await Promise.all(adding)).map((outcome) => outcome?.kind);
    expect(kinds.filter((kind) => kind === 'changed')).toHaveLength(MAX_WEBHOOKS);
    expect(kinds.filter((kind) => kind === 'full')).toHaveLength(MAX_WEBHOOKS);
    await finish(numberedIds(20));
    const [webhook] = await stores[0].webhooks();
    await Promise.all([
      planAll(stores[0]),
      stores[1].removeWebhook(webhook?.id ?? ''),
      stores[2].addTestMessage(webhook?.id ?? '', NOW),
      planAll(stores[1]),
      stores[2].removeSavedSearch(SAVED),
    ]);
    expect(await stores[0].webhooks()).toEqual([]);
    expect(await runSql(url, 'SELECT * FROM webhook_deliveries')).toEqual([]);
  });
});

test('messages of the same time are listed in the order in which they were queued', async () => {
  const webhook = await addWebhook();
  const ids = numberedIds(12);
  await finish(ids);
  await planAll(stores[0]);
  const newestFirst = (await stores[1].deliveries(webhook, 5)).flatMap(({ taskIds }) => taskIds);
  expect(newestFirst).toEqual([...ids].reverse().slice(0, 5));
});

test('looking for due messages changes nothing that other processes must know of', async () => {
  await addWebhook();
  await finish(numberedIds(1));
  const version = await stores[1].readForeignVersion();
  await planAll(stores[0]);
  const [due] = await stores[0].claimDeliveries({ nowMs: NOW, limit: 1, leaseMs: 1, busy: [] });
  await stores[0].recordDeliveryOutcome(due?.id ?? '', { dueAtMs: NOW, error: 'a\0b' });
  expect(await stores[0].deliveries(due?.webhookId ?? '', 1)).toMatchObject([{ lastError: 'a\ufffdb' }]);
  expect(await stores[1].readForeignVersion()).toBe(version);
});
