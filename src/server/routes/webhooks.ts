/** `/api/webhooks`: addresses that are told of finished tasks or of the mirror's health, and what they were told. */
import { randomUUID } from 'node:crypto';
import { Hono } from 'hono';
import { ApiError, createBadRequest } from '../../lib/api-error.ts';
import { createWebhookSecret } from '../../lib/standard-webhooks.ts';
import type { SavedSearch } from '../../store/contract/saved-searches.ts';
import {
  type DeliveryCursor,
  MAX_TEST_MESSAGES,
  MAX_WEBHOOKS,
  type TestOutcome,
  type Webhook,
  type WebhookDelivery,
  type WebhookOutcome,
} from '../../store/contract/webhooks.ts';
import {
  parseDeliveryCursor,
  serializeDeliveries,
  serializeDelivery,
  serializeWebhook,
} from '../../views/webhook-json.ts';
import type { WebhookList, WebhookRemoval } from '../../views/webhook-schema.ts';
import { readJsonBody } from '../body.ts';
import type { ServerContext, ServerDeps, ServerEnv } from '../deps.ts';
import { formatEntityTag, readExpectedVersions } from '../entity-tags.ts';
import { getQueryParams, readIntegerParam } from '../query-params.ts';
import { readNewWebhook, readWebhookChange } from '../webhook-body.ts';
import { createSavedNotFound } from './saved.ts';

/** A webhook that the caller may know of, with its saved search if it has one. */
interface VisibleWebhook {
  readonly webhook: Webhook;
  readonly saved: SavedSearch | undefined;
}

export function createWebhookRoutes({ store, webhooks, clock }: ServerDeps): Hono<ServerEnv> {
  const app = new Hono<ServerEnv>();

  /** Those of a saved search are known where that is, those of the mirror's health to tokens without limits. */
  const findSaved = async (c: ServerContext, savedSearchId: string | undefined) => {
    const { limits } = c.get('access');
    if (savedSearchId === undefined) return limits === undefined ? ('health' as const) : undefined;
    return store.savedSearch(savedSearchId, limits);
  };
  /** @throws ApiError 404 */
  const findWebhook = async (c: ServerContext): Promise<VisibleWebhook> => {
    const webhook = await store.webhook(c.req.param('id') ?? '');
    const saved = webhook && (await findSaved(c, webhook.savedSearchId));
    if (!webhook || !saved) throw createWebhookNotFound();
    return { webhook, saved: saved === 'health' ? undefined : saved };
  };
  const serialize = (c: ServerContext, { webhook, saved }: VisibleWebhook) =>
    serializeWebhook(webhook, saved, !c.get('access').isReadOnly);
  const respondWith = (c: ServerContext, found: VisibleWebhook, status: 200 | 201 = 200) => {
    c.header('etag', formatEntityTag(found.webhook.version));
    c.header('cache-control', 'no-cache');
    return c.json(serialize(c, found), status);
  };
  const respondWithDelivery = (c: ServerContext, delivery: WebhookDelivery) => {
    void webhooks.run();
    return c.json(serializeDelivery(delivery));
  };

  app.get('/api/webhooks', async (c) => {
    const known = new Map(
      (await store.savedSearches(c.get('access').limits)).map((saved) => [saved.id, saved]),
    );
    const isUnlimited = c.get('access').limits === undefined;
    const visible = (await store.webhooks()).flatMap((webhook): VisibleWebhook[] => {
      const { savedSearchId } = webhook;
      if (savedSearchId === undefined) return isUnlimited ? [{ webhook, saved: undefined }] : [];
      const saved = known.get(savedSearchId);
      return saved ? [{ webhook, saved }] : [];
    });
    return c.json({ items: visible.map((each) => serialize(c, each)) } satisfies WebhookList);
  });

  app.post('/api/webhooks', async (c) => {
    const { url, savedSearchId } = readNewWebhook(await readJsonBody(c));
    const saved = await findSaved(c, savedSearchId);
    if (!saved && savedSearchId === undefined)
      throw new ApiError(
        403,
        'forbidden',
        'this token is limited to certain tasks, and health is about the mirror',
      );
    if (!saved) throw createSavedNotFound();
    // What fails already is known then, and is no first failure to this webhook.
    if (saved === 'health') await webhooks.watchHealth();
    const wanted = { id: randomUUID(), url, secret: createWebhookSecret(), savedSearchId };
    const webhook = getWebhook(await store.addWebhook({ ...wanted, nowMs: clock.now() }));
    return respondWith(c, { webhook, saved: saved === 'health' ? undefined : saved }, 201);
  });

  app.get('/api/webhooks/:id', async (c) => respondWith(c, await findWebhook(c)));

  app.patch('/api/webhooks/:id', async (c) => {
    const change = readWebhookChange(await readJsonBody(c));
    const ifVersion = readExpectedVersions(c.req.header('if-match'));
    const { webhook, saved } = await findWebhook(c);
    const outcome = await store.changeWebhook(webhook.id, change, { nowMs: clock.now(), ifVersion });
    return respondWith(c, { webhook: getWebhook(outcome), saved });
  });

  app.delete('/api/webhooks/:id', async (c) => {
    const { id } = (await findWebhook(c)).webhook;
    if (!(await store.removeWebhook(id))) throw createWebhookNotFound();
    return c.json({ id, removed: true } satisfies WebhookRemoval);
  });

  app.get('/api/webhooks/:id/deliveries', async (c) => {
    const { webhook } = await findWebhook(c);
    const params = getQueryParams(c);
    const limit = readIntegerParam(params, 'limit', { min: 1, max: 1000, fallback: 100 });
    const deliveries = await store.deliveries(webhook.id, limit + 1, readCursor(params));
    return c.json(serializeDeliveries(deliveries, limit));
  });

  app.post('/api/webhooks/:id/deliveries/:delivery/repeat', async (c) => {
    const { webhook } = await findWebhook(c);
    const delivery = await store.repeatDelivery(webhook.id, c.req.param('delivery'), clock.now());
    if (!delivery) throw new ApiError(404, 'not_found', 'there is no such delivery');
    return respondWithDelivery(c, delivery);
  });

  app.post('/api/webhooks/:id/test', async (c) => {
    const { webhook } = await findWebhook(c);
    const nowMs = clock.now();
    return respondWithDelivery(c, getTestMessage(await store.addTestMessage(webhook.id, nowMs), nowMs));
  });

  return app;
}

/** @throws ApiError 404, 409, 412 */
function getWebhook(outcome: WebhookOutcome): Webhook {
  switch (outcome.kind) {
    case 'changed':
      return outcome.webhook;
    case 'full':
      throw new ApiError(409, 'conflict', `there are ${MAX_WEBHOOKS} webhooks of this kind: remove some`);
    case 'conflict':
      throw new ApiError(412, 'conflict', 'this webhook has been changed since: read it again');
    case 'unknown':
      throw createWebhookNotFound();
  }
}

/** @throws ApiError 404, 429 */
function getTestMessage(outcome: TestOutcome, nowMs: number): WebhookDelivery {
  switch (outcome.kind) {
    case 'queued':
      return outcome.delivery;
    case 'limited':
      throw new ApiError(
        429,
        'too_many_requests',
        `this webhook got ${MAX_TEST_MESSAGES} test messages within an hour; wait a little`,
        { retryAfterSeconds: Math.ceil((outcome.untilMs - nowMs) / 1000) },
      );
    case 'unknown':
      throw createWebhookNotFound();
  }
}

/** @returns undefined for the first page @throws ApiError 400 */
function readCursor(params: URLSearchParams): DeliveryCursor | undefined {
  const text = params.get('cursor') ?? '';
  if (text === '') return undefined;
  const cursor = parseDeliveryCursor(text);
  if (!cursor) throw createBadRequest('"cursor" must be the next_cursor of the page before');
  return cursor;
}

function createWebhookNotFound(): ApiError {
  return new ApiError(404, 'not_found', 'there is no such webhook');
}
