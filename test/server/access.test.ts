import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { describe, expect, test } from 'vitest';
import type { ZodType } from 'zod';
import { computeDigest } from '../../src/lib/access-token.ts';
import { createApp } from '../../src/server/app.ts';
import { PROBE } from '../../src/server/auth/access.ts';
import type { Auth } from '../../src/server/auth/auth.ts';
import { createAuthThrottle } from '../../src/server/auth/auth-throttle.ts';
import type { ServerDeps } from '../../src/server/deps.ts';
import { errorSchema } from '../../src/server/error-schema.ts';
import type { EventHub } from '../../src/server/events/event-hub.ts';
import { createMetrics } from '../../src/server/monitoring/metrics.ts';
import { type Operation, openApiDocument } from '../../src/server/openapi/document.ts';
import { ROUTE_DESCRIPTIONS } from '../../src/server/openapi/route-list.ts';
import { createHealthRoutes } from '../../src/server/routes/health.ts';
import type { ArchivedImage } from '../../src/store/contract/images.ts';
import type { Store } from '../../src/store/contract/store.ts';
import type { TaskId } from '../../src/task/id.ts';
import type { TaskLimits } from '../../src/task/limits.ts';
import { readinessSchema } from '../../src/views/status-schema.ts';
import { addToken } from '../helpers/access-token.ts';
import { withMissingMember, withUnknownMember } from '../helpers/alterations.ts';
import { runCli } from '../helpers/cli.ts';
import { document, documentText, numberedIds } from '../helpers/documents.ts';
import { showFigure } from '../helpers/figure.ts';
import { imageHost } from '../helpers/image-host.ts';
import { picture, storeTaskWithImages } from '../helpers/images.ts';
import { ManualClock } from '../helpers/manual-clock.ts';
import { startTestMirror, type TestMirror } from '../helpers/test-mirror.ts';

type FiveIds = [TaskId, TaskId, TaskId, TaskId, TaskId];
const [MINE, THEIRS, PENDING, UPSTREAM_ONLY, UNKNOWN] = numberedIds(5) as unknown as FiveIds;

const CALLBACK_KEY = 'callback-key';
const FEED_KEY = 'x'.repeat(32);
/** Of the token for all, whose query and name are secrets. */
const SAVED_ID = '5afed000-0000-4000-8000-000000000001';
/** Of the limited one. */
const WEBHOOK_ID = '5afed000-0000-4000-8000-000000000003';
const OWN_WEBHOOK_ID = '5afed000-0000-4000-8000-000000000004';
const HEALTH_WEBHOOK_ID = '5afed000-0000-4000-8000-000000000005';
const OWN_SAVED_ID = '5afed000-0000-4000-8000-000000000002';

/** Two users with a task, an image and a tracked id each; a token for all, and one for one of them. */
async function sharedMirror() {
  const host = await imageHost();
  host.serve('/mine', await picture('png', { width: 40, height: 40 }));
  host.serve('/theirs', await picture('png', { width: 40, height: 40, shade: 9 }));
  const here = await startTestMirror({ imageAllowHosts: host.host });
  await storeTaskWithImages(here, MINE, [`${host.url}/mine`], {
    prompt: 'a mineword lighthouse',
    userId: 'caller-1',
    more: { application_id: 'app-me' },
  });
  await storeTaskWithImages(here, THEIRS, [`${host.url}/theirs`], {
    prompt: 'a secretword lighthouse',
    model: 'flux-secret',
    userId: 'stranger-77',
    more: { application_id: 'app-them' },
  });
  await here.mirror.archiver.run();
  here.simulator.seed([
    documentText({ id: PENDING, prompt: 'secretword pending', userId: 'stranger-77', state: 'pending' }),
    documentText({ id: UPSTREAM_ONLY, prompt: 'secretword upstream', userId: 'stranger-77' }),
  ]);
  await here.post({ action: 'retrieve', id: PENDING });
  await here.store.addCallback({ key: CALLBACK_KEY, target: undefined, nowMs: here.clock.now() });
  const [image] = (await here.store.imagesOf([THEIRS])) as unknown as [ArchivedImage];
  const [own] = (await here.store.imagesOf([MINE])) as unknown as [ArchivedImage];
  // The other user's image is failing as well: its file is still there.
  await here.store.failImage({ taskId: THEIRS, n: 0 }, { dueAtMs: undefined, error: 'a secretword reason' });
  await here.store.mark(
    [{ id: THEIRS, change: { starred: true, rating: 3, tags: ['secrettag'], note: 'a secretnote' } }],
    { nowMs: 1 },
  );
  const search = { query: 'secretword OR lighthouse', timeZone: undefined, nowMs: 1 };
  await here.store.addSavedSearch({ ...search, id: SAVED_ID, name: 'secretsearch', limits: undefined });
  await here.store.changeSavedSearch(SAVED_ID, { feedKey: FEED_KEY }, { nowMs: 1 });
  const everything = await addToken(here);
  const limits = { userIds: ['caller-1'], applicationIds: [] };
  const mine = await addToken(here, { limits });
  await addCollections(here, limits);
  await here.store.addSavedSearch({ ...search, id: OWN_SAVED_ID, name: 'mine', query: 'lighthouse', limits });
  const hook = { url: 'https://secrethost.invalid/', secret: `whsec_${'x'.repeat(40)}`, nowMs: 1 };
  await here.store.addWebhook({ ...hook, id: WEBHOOK_ID, savedSearchId: SAVED_ID });
  await here.store.addWebhook({ ...hook, id: HEALTH_WEBHOOK_ID, savedSearchId: undefined });
  await here.store.addWebhook({
    ...{ ...hook, url: 'https://own.invalid/', secret: `whsec_${'y'.repeat(40)}` },
    ...{ id: OWN_WEBHOOK_ID, savedSearchId: OWN_SAVED_ID },
  });
  return { here, image, own, everything, mine };
}

const [MY_COLLECTION, THEIR_COLLECTION] = numberedIds(2);
const LINK_KEY = 'linkkey-'.repeat(4);

/** One that the limited token could have created, and one with everybody's tasks, which has a public link. */
async function addCollections({ store }: TestMirror, limits: TaskLimits): Promise<void> {
  const change = { nowMs: 1, within: undefined };
  await store.addCollection({ id: MY_COLLECTION, name: 'mine', note: '', limits }, 1);
  await store.placeInCollection(MY_COLLECTION, { ids: [MINE] }, change);
  const name = 'secretcollection';
  await store.addCollection({ id: THEIR_COLLECTION, name, note: 'a secretnote', limits: undefined }, 1);
  await store.placeInCollection(THEIR_COLLECTION, { ids: [THEIRS, MINE] }, change);
  const link = { key: LINK_KEY, showsPrompts: true };
  await store.changeCollection(THEIR_COLLECTION, { link }, change);
}

interface Probe {
  readonly path?: string;
  readonly headers?: Record<string, string>;
  readonly body?: unknown;
  /** What a token without limits gets: 200 unless told otherwise. */
  readonly status?: number;
  /** What a limited one gets, where it differs from the operation's other probes. */
  readonly limited?: number;
}

type Shared = Awaited<ReturnType<typeof sharedMirror>>;

/** How each operation is asked for what belongs to somebody else. */
const PROBES: Record<string, (shared: Shared) => Probe[]> = {
  tasks: () => [
    { body: { action: 'retrieve', id: THEIRS }, limited: 404 },
    { body: { action: 'retrieve', id: PENDING }, limited: 404 },
    { body: { action: 'retrieve', id: UPSTREAM_ONLY }, limited: 404 },
    { body: { action: 'retrieve_batch', ids: [MINE, THEIRS, PENDING, UPSTREAM_ONLY] } },
    { body: { action: 'retrieve_batch' } },
    { body: { action: 'retrieve_batch', user_id: 'stranger-77' } },
    { body: { action: 'retrieve_batch', user_id: ['caller-1', 'stranger-77'], application_id: 'app-them' } },
  ],
  generate: () => [{ body: { action: 'generate', prompt: 'mine', model: 'flux-dev', async: true } }],
  generateVideo: () => [
    { body: { action: 'generate', prompt: 'mine', model: 'flux-3', mode: 't2v', async: true } },
  ],
  callback: () => [
    { path: '/callbacks/unknown', body: {}, status: 404 },
    { path: `/callbacks/${CALLBACK_KEY}`, body: {}, limited: 200 },
  ],
  search: () =>
    [
      'q=lighthouse',
      'q=secretword',
      'q=-mineword',
      'q=sec*',
      'q=secret*%20OR%20mineword',
      `q=id:${THEIRS}`,
      `q=${THEIRS.slice(0, -1)}`,
      'q=model:flux-secret',
      'user_id=stranger-77',
      'user_id=caller-1,stranger-77',
      'application_id=app-them',
      'group=prompt',
      'sort=relevance&q=secretword',
      // Corrections, readings, and names of values come from what the token may see.
      'match=close&sort=relevance&q=secretwrod',
      'match=close&sort=relevance&q=secret%20wrod%20minewrod',
      'match=close&sort=relevance&group=prompt&q=mineword%20secretwor',
      'match=close&partial=true&q=secretw',
      'q=model:flux-secrte',
      'q=model:none',
      'match=close&q=flux%20secre',
      'sort=oldest',
      'fields=tile&q=lighthouse',
      ...[
        'q=secretnote',
        'q=secretn*',
        'q=-secretnote',
        'q=tag:secrettag',
        'q=tag:s*',
        'is=starred',
        'q=has:note',
      ],
      'fields=tile&match=close&group=prompt&q=secretwrod%20lighthouse',
      'at=2027&fields=tile',
      '',
    ].map((query) => ({ path: `/api/search?${query}` })),
  facets: () =>
    [
      ...['q=lighthouse', 'q=secretword', 'user_id=stranger-77', 'by=day', 'only=model,state', ''],
      ...['only=tag', 'is=starred', 'q=secretnote&only=tag,histogram'],
    ].map((query) => ({
      path: `/api/facets?${query}`,
    })),
  wallMonths: () =>
    [
      ...['', 'q=lighthouse', 'q=secretword', 'user_id=stranger-77', 'group=prompt', 'q=sec*&match=close'],
      ...['model=flux-secret', `q=id:${THEIRS}`],
    ].map((query) => ({ path: `/api/wall/months?${query}` })),
  wallLayout: () =>
    ['', '&q=secretword', '&user_id=stranger-77', '&group=prompt&sort=oldest'].map((query) => ({
      path: `/api/wall/layout?month=2026-03&tz=UTC${query}`,
    })),
  wallPlace: () => [
    ...[`id=${THEIRS}`, `id=${PENDING}`, `id=${THEIRS}&group=prompt`, `id=${THEIRS}&user_id=stranger-77`].map(
      (query) => ({ path: `/api/wall/place?${query}`, limited: 404 }),
    ),
    { path: `/api/wall/place?id=${UNKNOWN}`, status: 404, limited: 404 },
    ...['', '&sort=oldest', '&group=prompt', '&q=lighthouse'].map((query) => ({
      path: `/api/wall/place?id=${MINE}${query}`,
    })),
  ],
  suggest: () => ['s', 'se', 'secretw', 'p', 'm'].map((q) => ({ path: `/api/suggest?q=${q}` })),
  task: () => [{ path: `/api/tasks/${THEIRS}` }, { path: `/api/tasks/${PENDING}` }],
  marks: () => [
    ...[THEIRS, PENDING].map((id) => ({ path: `/api/tasks/${id}/marks`, limited: 404 })),
    { path: `/api/tasks/${MINE}/marks` },
  ],
  // The marks that they have.
  mark: () => [
    { path: `/api/tasks/${THEIRS}/marks`, body: { starred: true }, limited: 404 },
    { path: `/api/tasks/${PENDING}/marks`, body: { rating: 0 }, limited: 404 },
    { path: `/api/tasks/${MINE}/marks`, body: { rating: 6 }, status: 400, limited: 400 },
    {
      path: `/api/tasks/${MINE}/marks`,
      headers: { 'if-match': '"7"' },
      body: { rating: 1 },
      ...{ status: 412, limited: 412 },
    },
  ],
  markMany: () => [
    { body: { ids: [MINE, THEIRS, PENDING], marks: { rating: 0 } } },
    { body: { items: [{ id: THEIRS, marks: { starred: true } }] } },
    { body: { q: 'lighthouse', count: 1, marks: { rating: 0 } }, status: 409, limited: 200 },
    { body: { q: 'secretnote', count: 0, marks: { rating: 0 } }, status: 409, limited: 200 },
    { body: { ids: [MINE] }, status: 400, limited: 400 },
  ],
  collections: () => [
    {},
    { path: `/api/collections?task=${THEIRS}` },
    { path: `/api/collections?task=${MINE}` },
  ],
  createCollection: () => [
    { body: { name: 'SECRETCOLLECTION' }, status: 409, limited: 201 },
    { body: { name: 'mine' }, status: 201, limited: 409 },
    { body: {}, status: 400, limited: 400 },
  ],
  collection: () => [
    { path: `/api/collections/${THEIR_COLLECTION}`, limited: 404 },
    { path: `/api/collections/${MY_COLLECTION}` },
  ],
  changeCollection: () => [
    { path: `/api/collections/${THEIR_COLLECTION}`, body: { note: 'x' }, limited: 404 },
    { path: `/api/collections/${MY_COLLECTION}`, body: { cover: THEIRS }, status: 400, limited: 400 },
    {
      path: `/api/collections/${MY_COLLECTION}`,
      headers: { 'if-match': '"99"' },
      body: {},
      ...{ status: 412, limited: 412 },
    },
  ],
  // Nothing that another probe needs.
  removeCollection: () => [
    { path: `/api/collections/${UNKNOWN}`, status: 404, limited: 404 },
    {
      path: `/api/collections/${THEIR_COLLECTION}`,
      headers: { 'if-match': '"99"' },
      ...{ status: 412, limited: 404 },
    },
  ],
  shareCollection: () => [
    { path: `/api/collections/${THEIR_COLLECTION}/link`, body: {}, limited: 404 },
    { path: `/api/collections/${MY_COLLECTION}/link`, body: { prompts: 7 }, status: 400, limited: 400 },
  ],
  unshareCollection: () => [
    { path: `/api/collections/${UNKNOWN}/link`, status: 404, limited: 404 },
    { path: `/api/collections/${MY_COLLECTION}/link` },
  ],
  collectionTasks: () =>
    ['', '?fields=tile', '?limit=1'].flatMap((query) => [
      { path: `/api/collections/${THEIR_COLLECTION}/tasks${query}`, limited: 404 },
      { path: `/api/collections/${MY_COLLECTION}/tasks${query}` },
    ]),
  placeInCollection: () => [
    { path: `/api/collections/${THEIR_COLLECTION}/tasks`, body: { ids: [MINE] }, limited: 404 },
    { path: `/api/collections/${MY_COLLECTION}/tasks`, body: { ids: [MINE, THEIRS, PENDING] } },
    { path: `/api/collections/${MY_COLLECTION}/tasks`, body: { ids: [MINE], before: null } },
    { path: `/api/collections/${MY_COLLECTION}/tasks`, body: { runs: [{ ids: [MINE], before: null }] } },
    {
      path: `/api/collections/${THEIR_COLLECTION}/tasks`,
      body: { runs: [{ ids: [MINE], before: null }] },
      limited: 404,
    },
    {
      path: `/api/collections/${MY_COLLECTION}/tasks`,
      body: { ids: [MINE], before: THEIRS },
      ...{ status: 400, limited: 400 },
    },
    {
      path: `/api/collections/${MY_COLLECTION}/tasks`,
      body: { q: 'secretword', count: 0 },
      ...{ status: 409, limited: 200 },
    },
  ],
  takeFromCollection: () => [
    { path: `/api/collections/${THEIR_COLLECTION}/remove`, body: { ids: [UNKNOWN] }, limited: 404 },
    { path: `/api/collections/${MY_COLLECTION}/remove`, body: { ids: [MINE] } },
    {
      path: `/api/collections/${MY_COLLECTION}/remove`,
      body: { q: '', count: 0 },
      status: 400,
      limited: 400,
    },
  ],
  // Without a token they show what its link shows to everybody: that is tested in shared.test.ts.
  sharedCollection: () => [{ path: `/shared/${'x'.repeat(32)}`, status: 404, limited: 404 }],
  sharedImage: ({ image }) => [
    { path: `/shared/${'x'.repeat(32)}/images/${image.sha256}`, status: 404, limited: 404 },
  ],
  sharedThumbnail: ({ image }) => [
    { path: `/shared/${'x'.repeat(32)}/thumbs/${image.sha256}`, status: 404, limited: 404 },
  ],
  tags: () => ['', 's', 'secrettag'].map((prefix) => ({ path: `/api/tags?prefix=${prefix}` })),
  savedSearches: () => [{ path: '/api/saved' }],
  // Each with its own name.
  saveSearch: () => [
    { body: { name: 'mine', query: 'x' }, status: 201, limited: 409 },
    { body: { name: 'SECRETSEARCH', query: 'secretword' }, status: 409, limited: 201 },
    { body: { name: 'x', query: 'sate:failed' }, status: 400, limited: 400 },
  ],
  savedSearch: () => [
    { path: `/api/saved/${SAVED_ID}`, limited: 404 },
    { path: `/api/saved/${OWN_SAVED_ID}` },
  ],
  changeSavedSearch: () => [
    { path: `/api/saved/${SAVED_ID}`, body: { tz: 'UTC' }, limited: 404 },
    { path: `/api/saved/${OWN_SAVED_ID}`, body: { name: 'mine' } },
  ],
  openFeed: () => [
    { path: `/api/saved/${SAVED_ID}/feed`, headers: { 'if-match': '"99"' }, status: 412, limited: 404 },
    { path: `/api/saved/${OWN_SAVED_ID}/feed` },
  ],
  closeFeed: () => [
    { path: `/api/saved/${SAVED_ID}/feed`, headers: { 'if-match': '"99"' }, status: 412, limited: 404 },
    { path: `/api/saved/${OWN_SAVED_ID}/feed` },
  ],
  visitSavedSearch: () => [
    { path: `/api/saved/${SAVED_ID}/visit`, limited: 404 },
    { path: `/api/saved/${OWN_SAVED_ID}/visit` },
  ],
  webhooks: () => [{ path: '/api/webhooks' }],
  addWebhook: () => [
    { body: { url: 'https://a.invalid/', saved_search: SAVED_ID }, status: 201, limited: 404 },
    { body: { url: 'https://a.invalid/', saved_search: OWN_SAVED_ID }, status: 201, limited: 201 },
    { body: { url: 'https://a.invalid/', health: true }, status: 201, limited: 403 },
    { body: { url: 'ftp://a.invalid/', health: true }, status: 400, limited: 400 },
  ],
  webhook: () => listWebhookProbes(''),
  changeWebhook: () => [
    ...[WEBHOOK_ID, HEALTH_WEBHOOK_ID].map((id) => ({
      path: `/api/webhooks/${id}`,
      body: { url: 'https://b.invalid/' },
      limited: 404,
    })),
    { path: `/api/webhooks/${OWN_WEBHOOK_ID}`, body: { url: 'https://b.invalid/' } },
  ],
  deliveries: () => listWebhookProbes('/deliveries'),
  repeatDelivery: () => [
    { path: `/api/webhooks/${WEBHOOK_ID}/deliveries/none/repeat`, status: 404, limited: 404 },
  ],
  testWebhook: () => listWebhookProbes('/test'),
  removeWebhook: () => [{ path: `/api/webhooks/${UNKNOWN}`, status: 404, limited: 404 }],
  // Nothing that another probe needs.
  removeSavedSearch: () => [{ path: `/api/saved/${UNKNOWN}`, status: 404, limited: 404 }],
  // Whoever has the key of a feed sees it, with any token.
  feed: () => [{ path: '/feeds/x.json?key=guess', status: 404, limited: 404 }],
  feedImage: ({ image }) => [
    { path: `/feeds/images/${image.sha256}?key=guess`, status: 404, limited: 404 },
    { path: `/feeds/images/${image.sha256}`, status: 404, limited: 404 },
  ],
  same: () => [
    ...[THEIRS, PENDING].map((id) => ({ path: `/api/tasks/${id}/same`, limited: 404 })),
    { path: `/api/tasks/${MINE}/same` },
  ],
  prompts: () =>
    [
      ...['', '?q=lighthouse', '?q=secretword', '?sort=relevance&q=sec*', '?user_id=stranger-77'],
      ...['?rating=>=1', '?model=flux-secret', '?sort=oldest&limit=1'],
    ].map((query) => ({ path: `/api/prompts${query}` })),
  edits: () => [
    ...[THEIRS, PENDING].map((id) => ({ path: `/api/tasks/${id}/edits`, limited: 404 })),
    { path: `/api/tasks/${MINE}/edits` },
  ],
  chain: () => [
    ...[THEIRS, PENDING].map((id) => ({ path: `/api/tasks/${id}/chain`, limited: 404 })),
    { path: `/api/tasks/${MINE}/chain` },
  ],
  details: () => [
    ...[THEIRS, PENDING].map((id) => ({ path: `/api/tasks/${id}/details?q=lighthouse`, limited: 404 })),
    { path: `/api/tasks/${MINE}/details?q=lighthouse` },
  ],
  gallery: () => [
    ...['', '?q=lighthouse', '?q=sec*', '?sort=oldest', '?group=prompt', '?q=lighthouse&sort=newest'].map(
      (query) => ({ path: `/${query}` }),
    ),
    { path: `/?task=${THEIRS}`, limited: 404 },
    { path: `/?task=${MINE}` },
  ],
  asset: () => [{ path: '/assets/none.js', status: 404, limited: 404 }],
  health: () => [{ path: '/api/health' }],
  similar: () => [
    { path: `/api/tasks/${THEIRS}/similar` },
    { path: `/api/tasks/${PENDING}/similar` },
    ...['', 'group=none', 'user_id=stranger-77', 'model=flux-secret', `id=${THEIRS}`].map((query) => ({
      path: `/api/tasks/${MINE}/similar?${query}`,
      limited: 200,
    })),
  ],
  refresh: () => [{ path: `/api/tasks/${THEIRS}/refresh` }, { path: `/api/tasks/${UPSTREAM_ONLY}/refresh` }],
  tracked: () => [{ path: '/api/tracked' }],
  track: () => [{ body: { ids: [THEIRS, PENDING] } }],
  untrack: () => [{ path: `/api/tracked/${PENDING}` }],
  sync: () => [{}],
  runs: () => [{}],
  download: () =>
    [
      ...(['zip', 'jsonl', 'csv', 'marks'] as const).flatMap((as) => [
        { body: { as, ids: [MINE, THEIRS, UPSTREAM_ONLY] } },
        { body: { as, q: 'lighthouse', count: 2 }, limited: 409 },
        { body: { as, q: 'lighthouse', count: 1 }, status: 409, limited: 200 },
        { body: { as, q: 'secretword', count: 0 }, status: 409, limited: 200 },
        { body: { as, user_id: 'stranger-77', count: 0 }, status: 409, limited: 200 },
        { body: { as, collection: THEIR_COLLECTION }, limited: 404 },
      ]),
      { body: { ids: [THEIRS, PENDING] }, limited: 404 },
      { body: {}, status: 400, limited: 400 },
    ] satisfies Probe[],
  // Nothing that another probe needs.
  forget: () => [
    { body: { ids: [UNKNOWN] } },
    { body: { q: 'lighthouse', count: 7 }, status: 409 },
    { body: { q: 'lighthouse' }, status: 400 },
  ],
  // What it tells of is tested in events.test.ts.
  events: () => [{ path: '/api/events?tz=UTC' }, { path: '/api/events?tz=Mars', status: 400, limited: 400 }],
  stats: () => [{}],
  activity: () =>
    ['', '?from=2020&by=month', '?from=2020&tz=Asia/Shanghai', '?user_id=stranger-77'].map((query) => ({
      path: `/api/stats/days${query}`,
    })),
  image: ({ image }) => [{ path: `/images/${image.sha256}` }],
  failingImages: () => [
    { path: '/api/images/failing' },
    { path: '/api/images/failing?limit=1' },
    { path: '/api/images/failing?limit=0', status: 400, limited: 400 },
  ],
  thumbnail: ({ image }) => [{ path: `/thumbs/${image.sha256}` }],
  home: () => [{}],
  alive: () => [{}],
  ready: () => [{}],
  metrics: () => [{}],
  openapi: () => [{}],
  statusPage: () => [{}],
  docsPage: () => [{}],
  collectionsPage: () => [{}, { path: '/collections?id=nothing', status: 404, limited: 404 }],
  promptsPage: () =>
    ['', '?q=lighthouse', '?q=sec*', '?q=sec*&sort=oldest'].map((query) => ({ path: `/prompts${query}` })),
  historyPage: () => [
    ...[THEIRS, PENDING].map((id) => ({ path: `/history?task=${id}`, limited: 404 })),
    { path: `/history?task=${MINE}` },
  ],
  savedPage: () => [{}, { path: '/saved?q=lighthouse&model=secret' }],
  signInPage: () => [{ path: '/sign-in?next=./status&error=expired' }],
  signIn: ({ everything }) => [
    { body: { token: everything.authorization.slice('Bearer '.length) } },
    { body: { token: 'guess' }, status: 401, limited: 401 },
  ],
  signOut: () => [{}],
  mcp: ({ image }) =>
    [
      { method: 'tools/list' },
      ...[
        { name: 'search_prompts', arguments: { query: 'lighthouse' } },
        { name: 'search_prompts', arguments: { query: 'secretword' } },
        { name: 'search_prompts', arguments: { query: '', sort: 'newest', limit: 50 } },
        { name: 'get_task', arguments: { id: THEIRS } },
        { name: 'get_task', arguments: { id: THEIRS.slice(0, -1) } },
        { name: 'get_task', arguments: { id: PENDING } },
        { name: 'get_image', arguments: { id: THEIRS } },
        { name: 'get_image', arguments: { id: image.sha256 } },
        { name: 'similar_prompts', arguments: { id: THEIRS } },
        { name: 'similar_prompts', arguments: { id: MINE } },
        { name: 'history_stats', arguments: { from: '2020' } },
        { name: 'track_tasks', arguments: { ids: [UNKNOWN] } },
        { name: 'sync_now', arguments: {} },
      ].map((params) => ({ method: 'tools/call', params })),
      { method: 'resources/read', params: { uri: `flux-task://${THEIRS}` } },
    ].map((message) => ({
      headers: { accept: 'application/json, text/event-stream' },
      body: { jsonrpc: '2.0', id: 1, ...message },
    })),
};

/** What belongs to others, to the mirror, and to the token. */
function listWebhookProbes(path: string): Probe[] {
  return [
    ...[WEBHOOK_ID, HEALTH_WEBHOOK_ID].map((id) => ({ path: `/api/webhooks/${id}${path}`, limited: 404 })),
    { path: `/api/webhooks/${OWN_WEBHOOK_ID}${path}` },
  ];
}

/** Their answers say which of the names or ids that were sent are not known, or are those of what was created. */
const ECHOING = new Set(['download', 'markMany', 'createCollection', 'placeInCollection', 'saveSearch']);

/** Their answers have a `total` or a `count`. */
const COUNTING = new Set([
  'search',
  'prompts',
  'facets',
  'tracked',
  'wallMonths',
  'wallLayout',
  'wallPlace',
  'activity',
]);

/** Where a limited token gets something else than 200. A batch is an answer, with less in it. */
const LIMITED_STATUS: Record<string, number> = {
  callback: 404,
  task: 404,
  similar: 404,
  refresh: 404,
  image: 404,
  thumbnail: 404,
  track: 403,
  untrack: 403,
  sync: 403,
  runs: 403,
  forget: 403,
  stats: 403,
  metrics: 403,
};

interface Route {
  readonly method: string;
  readonly path: string;
  readonly operation: Operation;
}

const ROUTES: Route[] = Object.entries(openApiDocument('/').paths).flatMap(([path, methods]) =>
  Object.entries(methods).map(([method, operation]) => ({ method: method.toUpperCase(), path, operation })),
);

const ajv = new Ajv2020({ strict: false, validateFormats: false });

async function ask(
  here: TestMirror,
  { method, path }: Pick<Route, 'method' | 'path'>,
  probe: Probe,
  headers: Record<string, string>,
) {
  const answer = await here.request(probe.path ?? path, {
    method,
    headers: { 'content-type': 'application/json', ...probe.headers, ...headers },
    ...(method === 'GET' ? {} : { body: JSON.stringify(probe.body ?? {}) }),
  });
  return { status: answer.status, headers: [...answer.headers].join(), body: await readBody(answer) };
}

/** The body of a response; of an event stream, which has no end, what comes first. */
async function readBody(answer: Response): Promise<string> {
  if (!answer.headers.get('content-type')?.startsWith('text/event-stream')) return answer.text();
  for await (const chunk of answer.body ?? []) return new TextDecoder().decode(chunk);
  return '';
}

describe('a token limited to one user', () => {
  test('sees nothing of another user on any route', async (context) => {
    const shared = await sharedMirror();
    const { here, image, everything, mine } = shared;
    const secrets = [
      THEIRS,
      PENDING,
      UPSTREAM_ONLY,
      'secretword',
      'secrettag',
      'secretcollection',
      LINK_KEY,
      'secretsearch',
      'secrethost',
      SAVED_ID,
      WEBHOOK_ID,
      HEALTH_WEBHOOK_ID,
      FEED_KEY,
      'flux-secret',
      'stranger-77',
      image.sha256,
    ];
    // What it writes under a name of others is its own, and is read by later requests: reading comes first.
    const isWriting = ({ method }: Route) => Number(method !== 'GET');
    const routes = ROUTES.toSorted((a, b) => isWriting(a) - isWriting(b));
    const walk = routes.flatMap((route) => {
      const { operationId } = route.operation;
      const probes = PROBES[operationId]?.(shared);
      if (!probes)
        throw new Error(`there is no probe for ${operationId}: say how it could show what it must not`);
      return probes.map((probe) => ({ operationId, route, probe }));
    });
    for (const { operationId, route, probe } of walk) {
      const { status, headers, body } = await ask(here, route, probe, mine);
      const asked = `${operationId} ${JSON.stringify(probe)}`;
      const shown = `${headers}${body}`;
      // What the caller wrote itself may come back in an error, or in a list of what a zip lacks or is not known.
      const mayEcho = status >= 400 || ECHOING.has(operationId);
      const told = secrets.filter((secret) => shown.includes(secret) && !(mayEcho && asked.includes(secret)));
      expect(told, `${asked} ${status}`).toEqual([]);
      expect(status, asked).toBe(probe.limited ?? LIMITED_STATUS[operationId] ?? 200);
      if (status === 200 && COUNTING.has(operationId)) {
        const { total, count } = JSON.parse(body) as { total?: number; count?: number };
        expect(total ?? count, asked).toBeLessThanOrEqual(1);
      }
    }
    // By a token without limits there is something to see: so there was something to hide.
    for (const { operationId, route, probe } of walk) {
      const { status } = await ask(here, route, probe, everything);
      expect(status, `${operationId} ${JSON.stringify(probe)}`).toBe(probe.status ?? 200);
    }
    showFigure(
      context,
      `${ROUTES.length} routes walked with ${walk.length} requests, 0 of ${secrets.length} secrets seen`,
    );
  });

  test('sees its own tasks', async () => {
    const { here, own, mine } = await sharedMirror();
    await here.store.failImage({ taskId: MINE, n: 0 }, { dueAtMs: 1, error: 'mine' });
    expect(await (await here.get('/api/images/failing', mine)).json()).toEqual({
      items: [
        {
          id: MINE,
          image: 0,
          attempts: 1,
          next_try: '1970-01-01T00:00:00.001Z',
          last_error: 'mine',
        },
      ],
    });
    const json = async (answer: Promise<Response>) => (await answer).json() as Promise<never>;
    expect(await (await here.post({ action: 'retrieve', id: MINE }, mine)).json()).toMatchObject({
      id: MINE,
    });
    expect(await json(here.post({ action: 'retrieve_batch', ids: [THEIRS, MINE] }, mine))).toMatchObject({
      items: [{ id: MINE }],
      count: 1,
    });
    expect(await json(here.post({ action: 'retrieve_batch' }, mine))).toMatchObject({ count: 1 });
    expect(await json(here.get('/api/search?q=lighthouse', mine))).toMatchObject({
      total: 1,
      items: [{ id: MINE, images: [{ local: { sha256: own.sha256 } }] }],
    });
    expect(await json(here.get('/api/facets', mine))).toMatchObject({
      total: 1,
      model: [{ value: 'flux-dev' }],
    });
    expect(await json(here.get('/api/suggest?q=mine', mine))).toMatchObject({
      items: [{ word: 'mineword', uses: 1 }],
    });
    for (const path of [`/api/tasks/${MINE}`, `/images/${own.sha256}`, `/thumbs/${own.sha256}`]) {
      const answer = await here.get(path, mine);
      await answer.arrayBuffer();
      expect(answer.status, path).toBe(200);
    }
  });

  test('can’t infer from ranking or cursors what others wrote', async () => {
    const { here, mine } = await sharedMirror();
    for (const [at, prompt] of ['mineword again', 'mineword mineword'].entries())
      await here.store.storeDocuments({
        documents: [document({ id: `mine-${at}`, prompt, userId: 'caller-1' })],
        requestSeq: await here.store.nextRequestSeq(),
        fetchedAtMs: 1,
      });
    const answerTo = async (word: string) => {
      const path = `/api/search?sort=relevance&limit=1&q=${encodeURIComponent(`mineword OR ${word}`)}`;
      const { took_ms: _, ...answer } = (await (await here.get(path, mine)).json()) as Record<
        string,
        unknown
      >;
      return answer;
    };
    const nobodys = await answerTo('nobodysword');
    expect(nobodys.next_cursor).toEqual(expect.any(String));
    for (const word of ['secretword', 'secret*', '"secretword lighthouse"'])
      expect(await answerTo(word), word).toEqual(nobodys);
  });

  test('gets the same response for another user’s task as for an unknown one', async () => {
    const { here, mine } = await sharedMirror();
    const told = async (id: string) => {
      const answer = await here.post({ action: 'retrieve', id }, mine);
      const { trace_id: _, ...body } = (await answer.json()) as Record<string, unknown>;
      return [answer.status, answer.headers.get('cache-status'), body];
    };
    const unknown = await told(UNKNOWN);
    expect(unknown[0]).toBe(404);
    for (const id of [THEIRS, PENDING, UPSTREAM_ONLY]) expect(await told(id)).toEqual(unknown);
  });

  const SETTINGS = [
    ['with the upstream', {}, {}],
    ['only if it is cached', {}, { 'cache-control': 'only-if-cached' }],
    ['offline', { offline: 'true' }, {}],
    ['without a token for the upstream', { upstreamToken: '' }, {}],
  ] as const;
  test.each(SETTINGS)('… singly, in a batch and by a refresh, %s', async (_, settings, more) => {
    const { here, mine } = await sharedMirror();
    await here.restart(settings);
    const told = async (answering: Promise<Response>) => {
      const answer = await answering;
      const { trace_id: _, ...body } = (await answer.json()) as Record<string, unknown>;
      return [answer.status, answer.headers.get('cache-status'), answer.headers.get('age'), body];
    };
    const headers = { ...mine, ...more };
    const questions: Record<string, (id: string) => Promise<Response>> = {
      retrieve: (id) => here.post({ action: 'retrieve', id }, headers),
      batch: (id) => here.post({ action: 'retrieve_batch', ids: [id] }, headers),
      'batch with one of its own': (id) => here.post({ action: 'retrieve_batch', ids: [MINE, id] }, headers),
      refresh: (id) => here.request(`/api/tasks/${id}/refresh`, { method: 'POST', headers, body: '{}' }),
    };
    for (const [name, ask] of Object.entries(questions)) {
      const unknown = await told(ask(UNKNOWN));
      for (const id of [THEIRS, PENDING, UPSTREAM_ONLY])
        expect(await told(ask(id)), `${name} ${id}`).toEqual(unknown);
    }
  });

  test('deletes only its own tasks, and for a duplicate id only the one that was checked', async () => {
    const { here, mine } = await sharedMirror();
    expect((await here.post({ action: 'delete', id: THEIRS }, mine)).status).toBe(404);
    expect((await here.post({ action: 'delete', id: UPSTREAM_ONLY }, mine)).status).toBe(404);
    expect(await here.store.get(THEIRS)).toBeDefined();
    await here.post(`{"action":"delete","id":"${THEIRS}","id":"${MINE}"}`, mine);
    expect(here.simulator.requests.at(-1)?.body).toBe(`{"action":"delete","id":"${MINE}"}`);
  });

  test('may also be limited by application, and then both must match', async () => {
    const { here } = await sharedMirror();
    const both = await addToken(here, { limits: { userIds: ['caller-1'], applicationIds: ['app-them'] } });
    expect((await here.post({ action: 'retrieve', id: MINE }, both)).status).toBe(404);
    const application = await addToken(here, { limits: { applicationIds: ['app-them'] } });
    expect((await here.post({ action: 'retrieve', id: THEIRS }, application)).status).toBe(200);
    expect((await here.post({ action: 'retrieve', id: MINE }, application)).status).toBe(404);
  });
});

describe('the OpenAPI document', () => {
  test('describes every route, and no other', async () => {
    const here = await startTestMirror({ upstreamToken: '' });
    for (const { method, path } of ROUTES) {
      const probe = path.replace('{sha256}', '0'.repeat(64)).replace(/\{\w+\}/, 'x');
      const answer = await here.request(probe, { method, ...(method === 'GET' ? {} : { body: '{}' }) });
      expect(await readBody(answer), `${method} ${path}`).not.toContain('"no_api"');
    }
    const described = ROUTES.map(({ method, path }) => `${method} ${path}`).sort();
    const parts = { config: here.config, metrics: createMetrics(), archive: {} } as unknown as ServerDeps;
    const app = createApp(parts, {
      auth: { authorize: () => PROBE } as unknown as Auth,
      events: {} as EventHub,
      logRequest: () => undefined,
      stopping: new AbortController().signal,
    });
    const served = app.routes
      .filter(({ method }) => method !== 'ALL')
      .map(({ method, path }) => `${method} ${path.replace(/:(\w+)(\{.*\})?/g, '{$1}')}`);
    expect([...new Set(served)].sort()).toEqual(described);
  });

  /** What the upstream makes may have members that nobody knows. */
  const FROM_UPSTREAM = new Set(['tasks', 'generate', 'generateVideo', 'task', 'refresh', 'openapi']);
  const OPTIONAL_MEMBER =
    /^(\w+ (items|led_to|sources|results)\.\d+\.(task\.)?(group|missing|corrected|word_form|marks)|details marks|edits came_from\.task\.marks|markMany before\.\d+\.marks\.\w+|facets (model|size|action|state|tag|histogram))$/;

  /** The schema has every member that the answer has, and the other way round. */
  function expectExactly(schema: ZodType, answer: unknown, asked: string) {
    expect(schema.safeParse(answer), asked).toMatchObject({ success: true });
    for (const { at, altered } of withUnknownMember(answer))
      expect(schema.safeParse(altered).success, `${asked}: one more in ${at}`).toBe(false);
    for (const { at, altered } of withMissingMember(answer))
      expect(schema.safeParse(altered).success, `${asked}: without ${at}`).toBe(
        OPTIONAL_MEMBER.test(`${asked.split(' ')[0]} ${at}`),
      );
  }

  test('matches what routes answer', async () => {
    const shared = await sharedMirror();
    for (const route of ROUTES) {
      const { operationId, responses } = route.operation;
      const { responses: schemas } = ROUTE_DESCRIPTIONS.find((one) => one.operationId === operationId) ?? {};
      for (const probe of PROBES[operationId]?.(shared) ?? []) {
        const { status, body } = await ask(shared.here, route, probe, shared.everything);
        const asked = `${operationId} ${JSON.stringify(probe)} ${status}`;
        const described = responses[String(status)] as
          | { content?: Record<string, { schema?: object }> }
          | undefined;
        expect(described, asked).toBeDefined();
        const isPage = described?.content?.['text/html'] !== undefined;
        if (status >= 400 && !isPage) expectExactly(errorSchema, JSON.parse(body), asked);
        const schema = described?.content?.['application/json']?.schema;
        if (!schema) continue;
        const isValid = ajv.validate(schema, JSON.parse(body));
        expect(isValid ? '' : ajv.errorsText(), asked).toBe('');
        const zodSchema = schemas?.[status]?.schema;
        if (!zodSchema) throw new Error(`${asked}: no schema`);
        if (FROM_UPSTREAM.has(operationId))
          expect(zodSchema.safeParse(JSON.parse(body)), asked).toMatchObject({ success: true });
        else expectExactly(zodSchema, JSON.parse(body), asked);
      }
    }
  });

  test('describes the response of a mirror that is not ready', async () => {
    const stopping = createHealthRoutes({} as ServerDeps, () => true);
    const answer = await stopping.request('/readyz');
    expect(answer.status).toBe(503);
    expectExactly(readinessSchema, await answer.json(), 'not ready');
  });
});

describe('a read-only token', () => {
  test.each([
    ['POST', '/flux/tasks', { action: 'retrieve', id: MINE }, 200],
    ['POST', '/flux/tasks', { action: 'retrieve_batch', ids: [MINE] }, 200],
    ['GET', `/api/tasks/${MINE}`, undefined, 200],
    ['GET', '/api/stats', undefined, 200],
    ['POST', '/flux/tasks', { action: 'delete', id: MINE }, 403],
    ['POST', '/flux/images', { prompt: 'x' }, 403],
    ['POST', '/api/sync', {}, 403],
    ['POST', '/api/tracked', { ids: [MINE] }, 403],
    ['DELETE', `/api/tracked/${MINE}`, undefined, 403],
    ['POST', `/api/tasks/${MINE}/refresh`, {}, 403],
  ])('%s %s %j: %i', async (method, path, body, status) => {
    const { here } = await sharedMirror();
    const sent = here.simulator.requests.length;
    const headers = await addToken(here, { isReadOnly: true });
    const answer = await here.request(path, {
      method,
      headers,
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    await answer.arrayBuffer();
    expect(answer.status).toBe(status);
    expect(here.simulator.requests.length).toBe(sent);
  });
});

describe('named tokens', () => {
  const stats = async (here: TestMirror, headers: Record<string, string> = {}) => {
    const answer = await here.get('/api/stats', headers);
    await answer.arrayBuffer();
    return answer.status;
  };

  test('are required by a running mirror within a second, even after the last is revoked', async () => {
    const here = await startTestMirror();
    expect(await stats(here)).toBe(200);
    const headers = await addToken(here);
    expect(await stats(here)).toBe(401);
    expect(await stats(here, headers)).toBe(200);
    const [token] = await (here.store as Store).accessTokens();
    await here.store.revokeAccessToken(token?.name ?? '', 5);
    here.clock.advance(1001);
    expect([await stats(here), await stats(here, headers)]).toEqual([401, 401]);
  });

  test('are never sent to the upstream, nor written to disk', async () => {
    const { here, everything } = await sharedMirror();
    await here.post({ action: 'retrieve', id: UPSTREAM_ONLY }, everything);
    const token = everything.authorization.slice('Bearer '.length);
    expect(JSON.stringify(here.simulator.requests)).not.toContain(token);
    expect(here.log()).not.toContain(token);
    const { dataDir } = here.config;
    await here.mirror.stop();
    for (const entry of readdirSync(dataDir, { recursive: true, withFileTypes: true }))
      if (entry.isFile())
        expect(readFileSync(join(entry.parentPath, entry.name), 'latin1'), entry.name).not.toContain(token);
  });

  test('work, and are not sent upstream, within the second in which the first is created', async () => {
    const here = await startTestMirror({ upstreamToken: '' });
    here.simulator.seed([documentText({ id: UNKNOWN })]);
    const ask = (token: string) =>
      here.post({ action: 'retrieve', id: UNKNOWN }, { authorization: `Bearer ${token}` });
    expect(await stats(here)).toBe(200); // an open mirror, as the server knows it
    expect((await ask('fluxm_of-another-mirror')).status).toBe(401);
    const token = 'fluxm_made-just-now';
    await here.store.addAccessToken({
      name: 'new',
      hash: computeDigest(token).toString('hex'),
      limits: undefined,
      isReadOnly: false,
      createdAtMs: 1,
      revokedAtMs: undefined,
    });
    expect((await (await ask(token)).json()) as object).toMatchObject({ error: { code: 'no_token' } });
    expect(here.simulator.requests.map(({ authorization }) => authorization)).toEqual([undefined]);
  });

  test('are logged by name with what they changed, wrong ones by address', async () => {
    const here = await startTestMirror();
    const headers = await addToken(here);
    const [{ name } = { name: '' }] = await here.store.accessTokens();
    const tracked = { method: 'POST', headers, body: JSON.stringify({ ids: [UNKNOWN] }) };
    await (await here.request('/api/tracked', tracked)).arrayBuffer();
    await stats(here, { authorization: 'Bearer guessed' });
    const lines = here
      .log()
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => JSON.parse(line) as object);
    expect(lines).toContainEqual(
      expect.objectContaining({ level: 30, holder: name, route: '/api/tracked', status: 200 }),
    );
    expect(lines).toContainEqual(expect.objectContaining({ level: 40, address: '127.0.0.1' }));
    expect(here.log()).not.toContain('guessed');
  });

  test('are created, listed and revoked by the command', async () => {
    const here = await startTestMirror();
    const options = { env: { FLUX_MIRROR_DATA_DIR: here.config.dataDir } };
    const made = await runCli(
      ['token', 'new', '--name', 'alice', '--user-id', 'me', 'you', '--read-only'],
      options,
    );
    expect(made).toMatchObject({ code: 0, stdout: expect.stringMatching(/^fluxm_[\w-]{43}\n$/) });
    const headers = { authorization: `Bearer ${made.stdout.trim()}` };
    here.clock.advance(1001);
    expect(await stats(here, headers)).toBe(403);
    expect((await here.get('/api/search?q=x', headers)).status).toBe(200);

    const list = await runCli(['token', 'list', '--json'], options);
    expect(JSON.parse(list.stdout)).toMatchObject({
      items: [
        { name: 'alice', user_ids: ['me', 'you'], application_ids: [], read_only: true, revoked_at: null },
      ],
    });
    expect(list.stdout).not.toContain(made.stdout.trim());
    expect(await runCli(['token', 'new', '--user-id', ''], options)).toMatchObject({ code: 2 });
    expect(await runCli(['token', 'new', '--name', 'alice'], options)).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('already'),
    });
    expect(await runCli(['token', 'revoke', 'alice'], options)).toMatchObject({ code: 0 });
    expect(await runCli(['token', 'revoke', 'alice'], options)).toMatchObject({ code: 1 });
    here.clock.advance(1001);
    expect((await here.get('/api/search?q=x', headers)).status).toBe(401);
  });

  test('are required to listen beyond loopback', async () => {
    await expect(startTestMirror({ host: '0.0.0.0' })).rejects.toThrow(/FLUX_MIRROR_TOKENS/);
    const here = await startTestMirror({ host: '0.0.0.0', tokens: 'secret-one' });
    expect(await stats(here, { authorization: 'Bearer secret-one' })).toBe(200);
  });
});

describe('wrong tokens', () => {
  test('from one address are answered ten at once, then one a second; right ones are never delayed', async (context) => {
    const here = await startTestMirror({ tokens: 'secret-one' });
    const waits = () => here.clock.sleeps.length;
    for (let tries = 0; tries < 10; tries += 1)
      await here.get('/api/stats', { authorization: 'Bearer guess' });
    expect(waits()).toBe(0);
    await here.get('/api/stats', { authorization: 'Bearer guess' });
    await here.get('/api/stats', { authorization: 'Bearer guess' });
    expect(here.clock.sleeps).toEqual([1000, 1000]);
    await here.get('/api/stats', { authorization: 'Bearer secret-one' });
    await here.post({ action: 'retrieve', id: MINE }); // no token is no guess
    expect(waits()).toBe(2);
    showFigure(context, '10 guesses at once, then 1 a second; a right token waited 0 times');
  });

  test('are counted per address or IPv6 network, for no longer than needed', async () => {
    const waits: number[] = [];
    const clock = new ManualClock();
    const slowDown = createAuthThrottle({
      now: () => clock.now(),
      monotonic: () => clock.monotonic(),
      sleep: async (ms) => void waits.push(ms),
    });
    const guess = async (address: string, times: number) => {
      waits.length = 0;
      for (let at = 0; at < times; at += 1) await slowDown(address);
      return [...waits];
    };
    expect(await guess('192.0.2.1', 12)).toEqual([1000, 2000]);
    expect(await guess('::ffff:192.0.2.1', 1)).toEqual([3000]);
    expect(await guess('192.0.2.2', 1)).toEqual([]);
    expect(await guess('2001:db8::1', 10)).toEqual([]);
    expect(await guess('2001:db8:0:0:ffff::2', 1)).toEqual([1000]);
    expect(await guess('2001:db8:0:1::2', 1)).toEqual([]);
    expect(Math.max(...(await guess('192.0.2.3', 100)))).toBe(30_000);
    clock.advance(60_000);
    expect(await guess('192.0.2.1', 1)).toEqual([]);
  });
});
