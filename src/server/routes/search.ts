/** `GET /api/search`, `/api/facets`, `/api/suggest` and `/api/wall`: the prompt history. */
import { Hono } from 'hono';
import type { ServerDeps, ServerEnv } from '../deps.ts';
import { getQueryParams } from '../query-params.ts';
import { respondFromThread, respondWithJson } from '../search/respond.ts';
import { answerSuggest } from '../search/search-answers.ts';

export function createSearchRoutes({ store, searching, clock }: ServerDeps): Hono<ServerEnv> {
  const app = new Hono<ServerEnv>();

  app.get('/api/search', (c) => respondFromThread(c, searching, { route: 'search' }, clock.now()));

  app.get('/api/facets', (c) => respondFromThread(c, searching, { route: 'facets' }, clock.now()));

  app.get('/api/prompts', (c) => respondFromThread(c, searching, { route: 'prompts' }, clock.now()));

  app.get('/api/tags', (c) => respondFromThread(c, searching, { route: 'tags' }, clock.now()));

  for (const route of ['months', 'layout', 'place'] as const)
    app.get(`/api/wall/${route}`, (c) => respondFromThread(c, searching, { route }, clock.now()));

  // A cheap look-up, and only this thread has the latest word counts; limited tokens need a search of prompts.
  app.get('/api/suggest', async (c) => {
    const { limits } = c.get('access');
    if (limits) return respondFromThread(c, searching, { route: 'suggest' }, clock.now());
    return respondWithJson(c, await answerSuggest(store, { params: getQueryParams(c), limits }));
  });

  return app;
}
