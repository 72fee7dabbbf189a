/** `/api/saved`: searches that people keep under a name, what is new in them, and the keys of their feeds. */
import { randomUUID } from 'node:crypto';
import { Hono } from 'hono';
import { ApiError } from '../../lib/api-error.ts';
import { formatIsoTime } from '../../lib/iso-time.ts';
import { createRandomKey } from '../../lib/random-key.ts';
import {
  MAX_SAVED_SEARCHES,
  type SavedSearch,
  type SavedSearchChange,
  type SavedSearchOutcome,
} from '../../store/contract/saved-searches.ts';
import { serializeSavedSearch } from '../../views/saved-json.ts';
import type {
  SavedSearchList,
  SavedSearchRemoval,
  SavedSearchView,
  SavedSearchVisit,
} from '../../views/saved-schema.ts';
import { readJsonBody } from '../body.ts';
import type { ServerContext, ServerDeps, ServerEnv } from '../deps.ts';
import { formatEntityTag, readExpectedVersions } from '../entity-tags.ts';
import { readNewSavedSearch, readSavedSearchChange } from '../saved-body.ts';
import { findFeedUrl, readSavedList } from '../saved-list.ts';

/** For all of them together: the others are listed without counts. */
const MAX_COUNTING_MS = 5000;

export function createSavedRoutes(deps: ServerDeps): Hono<ServerEnv> {
  const { config, store, clock } = deps;
  const app = new Hono<ServerEnv>();

  const respondWith = (c: ServerContext, saved: SavedSearch, status: 200 | 201 = 200) => {
    c.header('etag', formatEntityTag(saved.version));
    c.header('cache-control', 'no-cache');
    return c.json(serializeSavedSearch(saved, findFeedUrl(c, config)) satisfies SavedSearchView, status);
  };
  const change = async (c: ServerContext, wanted: SavedSearchChange) => {
    const outcome = await store.changeSavedSearch(c.req.param('id') ?? '', wanted, {
      within: c.get('access').limits,
      nowMs: clock.now(),
      ifVersion: readExpectedVersions(c.req.header('if-match')),
    });
    return respondWith(c, getSaved(outcome));
  };

  app.get('/api/saved', async (c) => {
    const all = await readSavedList(c, deps, MAX_COUNTING_MS);
    return c.json({ items: all.map(({ item }) => item) } satisfies SavedSearchList);
  });

  app.post('/api/saved', async (c) => {
    const nowMs = clock.now();
    const wanted = readNewSavedSearch(await readJsonBody(c), nowMs);
    const { limits } = c.get('access');
    const outcome = await store.addSavedSearch({ ...wanted, id: randomUUID(), limits, nowMs });
    return respondWith(c, getSaved(outcome), 201);
  });

  app.get('/api/saved/:id', async (c) => {
    const saved = await store.savedSearch(c.req.param('id'), c.get('access').limits);
    if (!saved) throw createSavedNotFound();
    return respondWith(c, saved);
  });

  app.patch('/api/saved/:id', async (c) =>
    change(c, readSavedSearchChange(await readJsonBody(c), clock.now())),
  );

  app.delete('/api/saved/:id', async (c) => {
    const id = c.req.param('id');
    if (!(await store.removeSavedSearch(id, c.get('access').limits))) throw createSavedNotFound();
    return c.json({ id, removed: true } satisfies SavedSearchRemoval);
  });

  app.post('/api/saved/:id/feed', (c) => change(c, { feedKey: createRandomKey() }));

  app.delete('/api/saved/:id/feed', (c) => change(c, { feedKey: undefined }));

  app.post('/api/saved/:id/visit', async (c) => {
    const access = { within: c.get('access').limits, nowMs: clock.now() };
    const { id, visitedAtMs } = getSaved(await store.visitSavedSearch(c.req.param('id'), access));
    return c.json({ id, visited_at: formatIsoTime(visitedAtMs) } satisfies SavedSearchVisit);
  });

  return app;
}

/** @throws ApiError 404, 409, 412 */
function getSaved(outcome: SavedSearchOutcome): SavedSearch {
  switch (outcome.kind) {
    case 'changed':
      return outcome.saved;
    case 'taken':
      throw new ApiError(409, 'conflict', 'there is a saved search of this name');
    case 'full':
      throw new ApiError(409, 'conflict', `there are ${MAX_SAVED_SEARCHES} saved searches: remove some`);
    case 'conflict':
      throw new ApiError(412, 'conflict', 'this saved search has been changed since: read it again');
    case 'unknown':
      throw createSavedNotFound();
  }
}

export function createSavedNotFound(): ApiError {
  return new ApiError(404, 'not_found', 'there is no such saved search');
}
