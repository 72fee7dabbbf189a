/** Webhooks, and what they are told. */
import { eq } from 'drizzle-orm';
import { createRandomKey } from '../../../lib/random-key.ts';
import {
  MAX_TEST_MESSAGES,
  MAX_WEBHOOKS,
  type Webhook,
  type WebhookOutcome,
  type WebhookStore,
} from '../../contract/webhooks.ts';
import { HOUR_MS } from '../../rules/message-plan.ts';
import { parseWebhookRow, type WebhookRow } from '../../rules/webhook-row.ts';
import type { Postgres, Queryable } from '../database.ts';
import { setMetadata } from '../metadata.ts';
import { SAVED_SEARCH_LOCKS } from '../saved-searches.ts';
import { webhooks } from '../schema/webhooks.ts';
import { selectColumns } from '../select-columns.ts';
import { runInTransaction } from '../transaction.ts';
import { createDeliveryStore, findDelivery, insertDeliveries, type NewDelivery } from './deliveries.ts';
import { queueMessages } from './message-planner.ts';

const SELECT = `SELECT ${selectColumns(webhooks)} FROM webhooks`;

export function createWebhookStore(db: Postgres): WebhookStore {
  const { list, find } = createFinder({ query: db.read });
  return {
    ...createDeliveryStore(db),
    webhooks: list,
    webhook: find,
    addWebhook: ({ nowMs, savedSearchId, ...webhook }) =>
      runInTransaction(db, { names: SAVED_SEARCH_LOCKS }, async (tx) => {
        if (savedSearchId !== undefined && !(await isSavedSearch(tx, savedSearchId)))
          return { kind: 'unknown' };
        if ((await countWebhooks(tx, savedSearchId)) >= MAX_WEBHOOKS) return { kind: 'full' };
        const times = { createdAt: nowMs, changedAt: nowMs };
        await tx.drizzle
          .insert(webhooks)
          .values({ ...webhook, savedSearchId: savedSearchId ?? null, version: 1, ...times });
        return describe(tx, webhook.id);
      }),
    changeWebhook: (id, { url }, { nowMs, ifVersion }) =>
      runInTransaction(db, { names: SAVED_SEARCH_LOCKS }, async (tx) => {
        const webhook = await createFinder(tx).find(id);
        if (!webhook) return { kind: 'unknown' };
        if (ifVersion !== undefined && !ifVersion.includes(webhook.version)) return { kind: 'conflict' };
        const values = { url, version: webhook.version + 1, changedAt: nowMs };
        await tx.drizzle.update(webhooks).set(values).where(eq(webhooks.id, id));
        return describe(tx, id);
      }),
    removeWebhook: (id) =>
      runInTransaction(
        db,
        { names: SAVED_SEARCH_LOCKS },
        async (tx) => (await tx.execute('DELETE FROM webhooks WHERE id = $1', [id])) > 0,
      ),
    finishedTasks: async (limit) => {
      const rows = await db.read<{ id: Awaited<ReturnType<WebhookStore['finishedTasks']>>[number] }>(
        'SELECT id FROM finished_tasks ORDER BY finished_at, arrival LIMIT $1',
        [limit],
      );
      return rows.map(({ id }) => id);
    },
    planMessages: (planned) =>
      runInTransaction(
        db,
        { ids: planned.finished, names: SAVED_SEARCH_LOCKS, isSilent: true, isRepeatable: true },
        async (tx) => queueMessages(tx, await createFinder(tx).list(), planned),
      ),
    announceHealth: ({ messages, checkpoint, nowMs }) =>
      runInTransaction(db, { names: SAVED_SEARCH_LOCKS }, async (tx) => {
        const told = (await createFinder(tx).list()).filter(
          ({ savedSearchId }) => savedSearchId === undefined,
        );
        await insertDeliveries(
          tx,
          told.flatMap(({ id }) => messages.map((message) => createMessage(id, message, nowMs))),
        );
        await setMetadata(tx, `checkpoint ${checkpoint.name}`, checkpoint.text);
      }),
    addTestMessage: (webhookId, nowMs) =>
      runInTransaction(db, { names: SAVED_SEARCH_LOCKS }, async (tx) => {
        if (!(await createFinder(tx).find(webhookId))) return { kind: 'unknown' };
        const untilMs = await findTestLimit(tx, webhookId, nowMs);
        if (untilMs !== undefined) return { kind: 'limited', untilMs };
        const message = createMessage(webhookId, { type: 'test', data: {} }, nowMs);
        await insertDeliveries(tx, [message]);
        const delivery = await findDelivery(tx, message.id);
        return delivery ? { kind: 'queued', delivery } : { kind: 'unknown' };
      }),
  };
}

/** @param query of a transaction, or of the database to read alone */
function createFinder({ query }: Pick<Queryable, 'query'>) {
  return {
    list: async (): Promise<Webhook[]> =>
      (await query<WebhookRow>(`${SELECT} ORDER BY created_at, id`)).map(parseWebhookRow),
    find: async (id: string): Promise<Webhook | undefined> => {
      const [row] = await query<WebhookRow>(`${SELECT} WHERE id = $1`, [id]);
      return row && parseWebhookRow(row);
    },
  };
}

async function describe(tx: Queryable, id: string): Promise<WebhookOutcome> {
  const webhook = await createFinder(tx).find(id);
  return webhook ? { kind: 'changed', webhook } : { kind: 'unknown' };
}

async function isSavedSearch({ query }: Queryable, id: string): Promise<boolean> {
  return (await query('SELECT 1 FROM saved_searches WHERE id = $1', [id])).length > 0;
}

/** Of a saved search, or of the mirror's health. */
async function countWebhooks({ query }: Queryable, savedSearchId: string | undefined): Promise<number> {
  const [row] = await query<{ n: number }>(
    'SELECT count(*) AS n FROM webhooks WHERE saved_search_id IS NOT DISTINCT FROM $1',
    [savedSearchId ?? null],
  );
  return row?.n ?? 0;
}

/** When the next test message may be sent; undefined: now. Those of a time to come, when the clock was set back, don't count. */
async function findTestLimit(
  { query }: Queryable,
  webhookId: string,
  nowMs: number,
): Promise<number | undefined> {
  const [oldest] = await query<{ createdAt: number }>(
    `SELECT created_at AS "createdAt" FROM webhook_deliveries
     WHERE webhook_id = $1 AND created_at > $2 AND created_at <= $3 AND type = 'test'
     ORDER BY created_at DESC LIMIT 1 OFFSET ${MAX_TEST_MESSAGES - 1}`,
    [webhookId, nowMs - HOUR_MS, nowMs],
  );
  return oldest && oldest.createdAt + HOUR_MS;
}

function createMessage(
  webhookId: string,
  { type, data }: Pick<NewDelivery, 'type' | 'data'>,
  nowMs: number,
): NewDelivery {
  return {
    ...{ id: `msg_${createRandomKey()}`, webhookId, type, createdAtMs: nowMs, dueAtMs: nowMs },
    ...(data ? { data } : {}),
  };
}
