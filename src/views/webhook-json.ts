/** Webhooks and their deliveries as JSON: the same for routes and the command. */
import { formatIsoTime } from '../lib/iso-time.ts';
import type { SavedSearch } from '../store/contract/saved-searches.ts';
import type { DeliveryCursor, Webhook, WebhookDelivery } from '../store/contract/webhooks.ts';
import type { DeliveryList, DeliveryView, WebhookView } from './webhook-schema.ts';

/**
 * @param saved of the webhook; undefined if it is about the mirror's health
 * @param isSecretShown to those who may only read, not even the path of the URL is, which is often a secret of the receiver
 */
export function serializeWebhook(
  { id, url, secret, createdAtMs, changedAtMs }: Webhook,
  saved: Pick<SavedSearch, 'id' | 'name'> | undefined,
  isSecretShown: boolean,
): WebhookView {
  return {
    id,
    url: isSecretShown ? url : new URL(url).origin,
    saved_search: saved ? { id: saved.id, name: saved.name } : null,
    secret: isSecretShown ? secret : null,
    created_at: formatIsoTime(createdAtMs),
    changed_at: formatIsoTime(changedAtMs),
  };
}

export function serializeDelivery(delivery: WebhookDelivery): DeliveryView {
  return {
    id: delivery.id,
    type: delivery.type,
    task_ids: [...delivery.taskIds],
    created_at: formatIsoTime(delivery.createdAtMs),
    next_try: formatIsoTime(delivery.dueAtMs),
    attempts: delivery.attempts,
    delivered_at: formatIsoTime(delivery.deliveredAtMs),
    last_error: delivery.lastError ?? null,
  };
}

/** @param deliveries one more than the page has, if there are more */
export function serializeDeliveries(deliveries: readonly WebhookDelivery[], limit: number): DeliveryList {
  const page = deliveries.slice(0, limit);
  const last = deliveries.length > limit ? page.at(-1) : undefined;
  return {
    items: page.map(serializeDelivery),
    next_cursor: last ? `${last.createdAtMs}.${last.id}` : null,
  };
}

/** @returns undefined if it is no `next_cursor` of deliveries */
export function parseDeliveryCursor(text: string): DeliveryCursor | undefined {
  const [, createdAtMs, id] = /^(\d{1,15})\.(\w[\w-]{0,127})$/.exec(text) ?? [];
  return createdAtMs === undefined || id === undefined ? undefined : { createdAtMs: Number(createdAtMs), id };
}
