/** The tables of webhooks, and of the callbacks of generations. */
import { sql } from 'drizzle-orm';
import { index, pgTable } from 'drizzle-orm/pg-core';
import { savedSearches } from './collections.ts';
import { bytes, integer, rowKey, text } from './columns.ts';

/** Addresses that are told of finished tasks, or of the mirror's health. They go with their saved search. */
export const webhooks = pgTable(
  'webhooks',
  {
    id: text('id').primaryKey(),
    url: text('url').notNull(),
    /** Signs what is sent; in plain text, because it is needed for that. */
    secret: text('secret').notNull(),
    /** Null: it is told of the mirror's health. */
    savedSearchId: text('saved_search_id').references(() => savedSearches.id, { onDelete: 'cascade' }),
    version: integer('version').notNull(),
    createdAt: integer('created_at').notNull(),
    changedAt: integer('changed_at').notNull(),
  },
  (table) => [index('webhooks_saved_search').on(table.savedSearchId)],
);

/** What webhooks are or were told. The text that is sent is made when it is sent, so none of a forgotten task is kept. */
export const webhookDeliveries = pgTable(
  'webhook_deliveries',
  {
    id: text('id').primaryKey(),
    /** Those of the same time are in this order. */
    arrival: integer('arrival').notNull().generatedAlwaysAsIdentity(),
    webhookId: text('webhook_id')
      .notNull()
      .references(() => webhooks.id, { onDelete: 'cascade' }),
    type: text('type').notNull(),
    /** Of a message about one task. */
    taskId: text('task_id'),
    /** Of a message about several: a JSON array. */
    taskIds: text('task_ids').notNull().default('[]'),
    /** Of a message about no task: a JSON object. */
    data: text('data').notNull().default('{}'),
    createdAt: integer('created_at').notNull(),
    /** Since when it is tried: when it was created, or repeated. */
    queuedAt: integer('queued_at').notNull(),
    /** When to try; null: delivered, or given up. */
    dueAt: integer('due_at'),
    attempts: integer('attempts').notNull().default(0),
    deliveredAt: integer('delivered_at'),
    lastError: text('last_error'),
  },
  (table) => [
    index('webhook_deliveries_due').on(table.dueAt).where(sql`${table.dueAt} IS NOT NULL`),
    index('webhook_deliveries_webhook').on(table.webhookId, table.createdAt, table.arrival),
    index('webhook_deliveries_task').on(table.taskId).where(sql`${table.taskId} IS NOT NULL`),
    index('webhook_deliveries_created').on(table.createdAt),
  ],
);

/** Tasks that have finished, until it is known which webhooks are to be told. Empty while there are no webhooks. */
export const finishedTasks = pgTable('finished_tasks', {
  /** They are looked at in this order. */
  arrival: rowKey('arrival'),
  id: text('id').notNull().unique(),
  finishedAt: integer('finished_at').notNull(),
});

/** Callback addresses given to the upstream, what it posted there, and the callers to forward it to. */
export const callbacks = pgTable(
  'callbacks',
  {
    /** The unguessable part of the address that the upstream was given. */
    key: text('key').primaryKey(),
    /** The caller's own `callback_url`. */
    target: text('target'),
    /** The generation's task, once the response has arrived. */
    taskId: text('task_id'),
    askedAt: integer('asked_at').notNull(),
    receivedAt: integer('received_at'),
    /** What the upstream posted. */
    body: bytes('body'),
    mediaType: text('media_type'),
    /** When to deliver it; null = not received yet, delivered, or given up. */
    dueAt: integer('due_at'),
    attempts: integer('attempts').notNull().default(0),
    deliveredAt: integer('delivered_at'),
    lastError: text('last_error'),
  },
  (table) => [
    index('callbacks_due').on(table.dueAt).where(sql`${table.dueAt} IS NOT NULL`),
    index('callbacks_asked').on(table.askedAt).where(sql`${table.dueAt} IS NULL`),
  ],
);
