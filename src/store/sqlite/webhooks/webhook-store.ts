/** Webhooks, and what they are told. */
import { asc, eq } from 'drizzle-orm';
import { createRandomKey } from '../../../lib/random-key.ts';
import type { TaskId } from '../../../task/id.ts';
import {
  type DueDelivery,
  MAX_TEST_MESSAGES,
  MAX_WEBHOOKS,
  type NewWebhook,
  type TestOutcome,
  type Webhook,
  type WebhookDelivery,
  type WebhookOutcome,
  type WebhookStore,
} from '../../contract/webhooks.ts';
import { MAX_DELAY_MS } from '../../rules/max-delay.ts';
import { HOUR_MS } from '../../rules/message-plan.ts';
import { parseDeliveryRow, parseWebhookRow } from '../../rules/webhook-row.ts';
import { runInTransaction, type Sqlite } from '../database.ts';
import type { Metadata } from '../metadata.ts';
import { savedSearches, webhookDeliveries, webhooks } from '../schema.ts';
import type { Synchronous } from '../synchronous.ts';
import { prepareDeliveryStatements } from './delivery-statements.ts';
import { createMessagePlanner } from './message-planner.ts';

export function createWebhookStore(db: Sqlite, metadata: Pick<Metadata, 'set'>): Synchronous<WebhookStore> {
  const { drizzle } = db;
  const statements = prepareDeliveryStatements(db);
  const planMessages = createMessagePlanner(db);

  const list = (): Webhook[] =>
    drizzle
      .select()
      .from(webhooks)
      .orderBy(asc(webhooks.createdAt), asc(webhooks.id))
      .all()
      .map(parseWebhookRow);
  const find = (id: string): Webhook | undefined => {
    const [row] = drizzle.select().from(webhooks).where(eq(webhooks.id, id)).all();
    return row && parseWebhookRow(row);
  };
  const describe = (id: string): WebhookOutcome => {
    const webhook = find(id);
    return webhook ? { kind: 'changed', webhook } : { kind: 'unknown' };
  };
  const findDelivery = (id: string): WebhookDelivery | undefined => {
    const [row] = drizzle.select().from(webhookDeliveries).where(eq(webhookDeliveries.id, id)).all();
    return row && parseDeliveryRow(row);
  };
  const findSavedSearch = (id: string): DueDelivery['savedSearch'] => {
    const { name } = savedSearches;
    const [row] = drizzle.select({ name }).from(savedSearches).where(eq(savedSearches.id, id)).all();
    return row && { id, name: row.name };
  };
  const add = ({ nowMs, savedSearchId, ...webhook }: NewWebhook): WebhookOutcome => {
    if (savedSearchId !== undefined && !findSavedSearch(savedSearchId)) return { kind: 'unknown' };
    const others = list().filter((other) => other.savedSearchId === savedSearchId);
    if (others.length >= MAX_WEBHOOKS) return { kind: 'full' };
    const times = { createdAt: nowMs, changedAt: nowMs };
    drizzle
      .insert(webhooks)
      .values({ ...webhook, savedSearchId: savedSearchId ?? null, version: 1, ...times })
      .run();
    return describe(webhook.id);
  };
  const addMessage = (
    webhookId: string,
    { type, data, nowMs }: Pick<WebhookDelivery, 'type' | 'data'> & { nowMs: number },
  ) => {
    const id = `msg_${createRandomKey()}`;
    const times = { createdAt: nowMs, queuedAt: nowMs, dueAt: nowMs };
    drizzle
      .insert(webhookDeliveries)
      .values({ id, webhookId, type, data: JSON.stringify(data), ...times })
      .run();
    return findDelivery(id);
  };
  const addTest = (webhookId: string, nowMs: number): TestOutcome => {
    if (!find(webhookId)) return { kind: 'unknown' };
    // Those of a time to come, when the clock was set back, don't count: they would for as long.
    const period = { fromMs: nowMs - HOUR_MS, toMs: nowMs };
    const skip = MAX_TEST_MESSAGES - 1;
    const oldest = statements.nthNewest.get({ webhookId, type: 'test', ...period, skip });
    if (oldest !== undefined) return { kind: 'limited', untilMs: oldest + HOUR_MS };
    const delivery = addMessage(webhookId, { type: 'test', data: {}, nowMs });
    return delivery ? { kind: 'queued', delivery } : { kind: 'unknown' };
  };
  const completeDelivery = (delivery: WebhookDelivery): DueDelivery[] => {
    const webhook = find(delivery.webhookId);
    if (!webhook) return []; // removed meanwhile
    const { url, secret, savedSearchId } = webhook;
    const savedSearch = savedSearchId === undefined ? undefined : findSavedSearch(savedSearchId);
    return [{ ...delivery, url, secret, savedSearch }];
  };

  return {
    webhooks: list,
    webhook: find,
    addWebhook: (webhook) => runInTransaction(db, () => add(webhook)),
    changeWebhook: (id, { url }, { nowMs, ifVersion }) =>
      runInTransaction(db, () => {
        const webhook = find(id);
        if (!webhook) return { kind: 'unknown' };
        if (ifVersion !== undefined && !ifVersion.includes(webhook.version)) return { kind: 'conflict' };
        const values = { url, version: webhook.version + 1, changedAt: nowMs };
        drizzle.update(webhooks).set(values).where(eq(webhooks.id, id)).run();
        return describe(id);
      }),
    removeWebhook: (id) => drizzle.delete(webhooks).where(eq(webhooks.id, id)).run().changes > 0,
    finishedTasks: (limit) => statements.finished.all(limit) as TaskId[], // stored under ids
    planMessages: ({ finished, matches, nowMs }) =>
      runInTransaction(db, () => {
        // What was looked at before is no longer among them.
        const left = new Set(finished.filter((id) => statements.removeFinished.run(id).changes > 0));
        for (const webhook of list()) {
          const found = webhook.savedSearchId === undefined ? undefined : matches.get(webhook.savedSearchId);
          const ids = found?.filter((id) => left.has(id)) ?? [];
          if (ids.length > 0) planMessages(webhook, ids, nowMs);
        }
      }),
    announceHealth: ({ messages, checkpoint, nowMs }) =>
      runInTransaction(db, () => {
        for (const { id, savedSearchId } of list())
          if (savedSearchId === undefined)
            for (const message of messages) addMessage(id, { ...message, nowMs });
        metadata.set(`bookmark ${checkpoint.name}`, checkpoint.text);
      }),
    addTestMessage: (webhookId, nowMs) => runInTransaction(db, () => addTest(webhookId, nowMs)),
    claimDeliveries: ({ nowMs, limit, leaseMs, busy }) => {
      // Polled every second, almost always without a result: that must not wait for a writer.
      const times = { nowMs, latestMs: nowMs + MAX_DELAY_MS };
      if (statements.isDue.get(times) === 0) return [];
      return runInTransaction(db, () => {
        statements.pullIn.run(times);
        const claimed = statements.due.all({ nowMs, limit, busy: JSON.stringify(busy) });
        for (const id of claimed) statements.lease.run(nowMs + leaseMs, id);
        return claimed.flatMap((id) => {
          const delivery = findDelivery(id);
          return delivery ? completeDelivery(delivery) : [];
        });
      });
    },
    recordDeliveryOutcome: (id, end) => {
      if ('deliveredAtMs' in end) statements.delivered.run(end.deliveredAtMs, id);
      else statements.failed.run(end.dueAtMs ?? null, end.error, id);
    },
    deliveries: (webhookId, limit, after) => {
      const rows = after
        ? statements.older.all({ webhookId, limit, ...after })
        : statements.newest.all(webhookId, limit);
      return rows.map(parseDeliveryRow);
    },
    repeatDelivery: (webhookId, id, nowMs) =>
      runInTransaction(db, () =>
        statements.repeat.run({ webhookId, id, nowMs }).changes > 0 ? findDelivery(id) : undefined,
      ),
    trimDeliveries: (beforeMs) => {
      statements.trim.run(beforeMs);
    },
  };
}
