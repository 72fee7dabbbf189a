/** Webhooks and their deliveries in responses. */
import * as z from 'zod';
import type { MessageType } from '../store/contract/webhooks.ts';
import { count, taskId, text, time } from './schema-values.ts';

const messageType = z.enum([
  'task.finished',
  'tasks.finished',
  'test',
  'mirror.failing',
  'mirror.recovered',
  'backup.failed',
] satisfies MessageType[]);

/** `/api/webhooks/{id}`. */
export const webhookSchema = z.strictObject({
  id: z.uuid(),
  url: z.url().meta({ description: 'for read-only tokens only its origin' }),
  saved_search: z
    .strictObject({ id: z.uuid(), name: text })
    .nullable()
    .meta({ description: 'null: it is told of the health of the mirror' }),
  secret: text.nullable().meta({ description: 'null for read-only tokens' }),
  created_at: time,
  changed_at: time,
});

/** `GET /api/webhooks`. */
export const webhookListSchema = z.strictObject({ items: z.array(webhookSchema) });

/** `DELETE /api/webhooks/{id}`. */
export const webhookRemovalSchema = z.strictObject({ id: z.uuid(), removed: z.literal(true) });

/** `POST /api/webhooks/{id}/test`, and one of a list. */
export const deliverySchema = z.strictObject({
  id: text.meta({ description: 'the webhook-id of the message' }),
  type: messageType,
  task_ids: z.array(taskId),
  created_at: time,
  next_try: time.nullable().meta({ description: 'null: delivered, or given up' }),
  attempts: count,
  delivered_at: time.nullable(),
  last_error: text.nullable(),
});

/** `GET /api/webhooks/{id}/deliveries`. */
export const deliveryListSchema = z.strictObject({
  items: z.array(deliverySchema),
  next_cursor: text.nullable(),
});

export type WebhookView = z.output<typeof webhookSchema>;
export type WebhookList = z.output<typeof webhookListSchema>;
export type WebhookRemoval = z.output<typeof webhookRemovalSchema>;
export type DeliveryView = z.output<typeof deliverySchema>;
export type DeliveryList = z.output<typeof deliveryListSchema>;
