/** Reads webhooks in request bodies. */
import * as z from 'zod';
import { createBadRequest } from '../lib/api-error.ts';
import { parseTargetUrl } from '../lib/target-url.ts';
import { parseBody } from './body-schema.ts';

const url = z
  .string()
  .meta({ description: 'http or https; a private address only if the settings allow its host' });

export const newWebhookSchema = z.strictObject({
  url,
  saved_search: z
    .string()
    .optional()
    .meta({ description: 'the id of the saved search whose hits it is told of' }),
  health: z
    .boolean()
    .optional()
    .meta({ description: 'true, instead of a saved search: it is told of the health of the mirror' }),
});
export const webhookChangeSchema = z.strictObject({ url });

export interface WantedWebhook {
  readonly url: string;
  /** Undefined: the mirror's health. */
  readonly savedSearchId: string | undefined;
}

/** @throws ApiError 400 */
export function readNewWebhook(body: unknown): WantedWebhook {
  const { url: target, saved_search: savedSearchId, health = false } = parseBody(newWebhookSchema, body);
  if (health === (savedSearchId !== undefined))
    throw createBadRequest('either "saved_search" or "health": true must say what it is told of');
  return { url: readUrl(target), savedSearchId };
}

/** @throws ApiError 400 */
export function readWebhookChange(body: unknown): { readonly url: string } {
  return { url: readUrl(parseBody(webhookChangeSchema, body).url) };
}

function readUrl(text: string): string {
  const target = parseTargetUrl(text);
  if ('problem' in target) throw createBadRequest(`"url" is not valid: ${target.problem}`);
  return target.url;
}
