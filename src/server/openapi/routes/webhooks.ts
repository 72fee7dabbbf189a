/** Webhooks and their deliveries. */
import {
  deliveryListSchema,
  deliverySchema,
  webhookListSchema,
  webhookRemovalSchema,
  webhookSchema,
} from '../../../views/webhook-schema.ts';
import { newWebhookSchema, webhookChangeSchema } from '../../webhook-body.ts';
import {
  createIfMatchParameter,
  createInteger,
  createPathParameter,
  createQueryParameter,
  describeBody,
  type RouteDescription,
  text,
} from '../components.ts';

const id = createPathParameter('id', { type: 'string', format: 'uuid' });

export const WEBHOOK_ROUTES: readonly RouteDescription[] = [
  {
    path: '/api/webhooks',
    method: 'get',
    operationId: 'webhooks',
    summary: 'The webhooks',
    responses: { 200: { description: 'the oldest first', schema: webhookListSchema } },
    errors: [401, 403],
  },
  {
    path: '/api/webhooks',
    method: 'post',
    operationId: 'addWebhook',
    summary:
      'Have an address told of each task that a saved search matches when it finishes, or of the health of the mirror',
    requestBody: describeBody(newWebhookSchema),
    responses: { 201: { description: 'with the secret that signs the messages', schema: webhookSchema } },
    errors: [400, 401, 403, 404, 409, 413, 415, 503],
  },
  {
    path: '/api/webhooks/{id}',
    method: 'get',
    operationId: 'webhook',
    summary: 'A webhook',
    parameters: [id],
    responses: { 200: { description: 'ETag is for If-Match', schema: webhookSchema } },
    errors: [401, 403, 404],
  },
  {
    path: '/api/webhooks/{id}',
    method: 'patch',
    operationId: 'changeWebhook',
    summary: 'Change the address; secret and queued messages stay',
    parameters: [id, createIfMatchParameter('the webhook')],
    requestBody: describeBody(webhookChangeSchema),
    responses: { 200: { description: 'changed', schema: webhookSchema } },
    errors: [400, 401, 403, 404, 412, 413, 415, 503],
  },
  {
    path: '/api/webhooks/{id}',
    method: 'delete',
    operationId: 'removeWebhook',
    summary: 'Remove a webhook, and what it would still have been told',
    parameters: [id],
    responses: { 200: { description: 'removed', schema: webhookRemovalSchema } },
    errors: [401, 403, 404, 503],
  },
  {
    path: '/api/webhooks/{id}/deliveries',
    method: 'get',
    operationId: 'deliveries',
    summary: 'What a webhook was told in the last 30 days, or is to be told',
    parameters: [
      id,
      createQueryParameter('limit', createInteger(1, 1000, 100)),
      createQueryParameter('cursor', text, 'the next_cursor of the page before'),
    ],
    responses: { 200: { description: 'the newest first', schema: deliveryListSchema } },
    errors: [400, 401, 403, 404],
  },
  {
    path: '/api/webhooks/{id}/deliveries/{delivery}/repeat',
    method: 'post',
    operationId: 'repeatDelivery',
    summary: 'Send a message again, under the same id',
    parameters: [id, createPathParameter('delivery', text)],
    responses: { 200: { description: 'queued', schema: deliverySchema } },
    errors: [401, 403, 404, 503],
  },
  {
    path: '/api/webhooks/{id}/test',
    method: 'post',
    operationId: 'testWebhook',
    summary: 'Send a message that says nothing',
    parameters: [id],
    responses: { 200: { description: 'queued', schema: deliverySchema } },
    errors: [401, 403, 404, 429, 503],
  },
];
