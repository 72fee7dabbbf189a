/** Webhooks and their deliveries as JSON: the same for routes and the command. */
import { formatIsoTime } from '../lib/iso-time.ts';
import type { SavedSearch } from '../store/contract/saved-searches.ts';
import type { Webhook, WebhookDelivery } from '../store/contract/webhooks.ts';
import type { DeliveryView, WebhookView } from './webhook-schema.ts';

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
