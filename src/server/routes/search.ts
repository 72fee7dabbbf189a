/** `GET /api/search`, `/api/facets` and `/api/suggest`: the prompt history. */
import { Hono } from 'hono';
import type { ServerContext, ServerDeps, ServerEnv } from '../deps.ts';
import { getQueryParams } from '../query-params.ts';
import { answerSuggest } from '../search/search-answers.ts';
import type { SearchRoute } from '../search/search-thread.ts';

export function createSearchRoutes({ store, searching, clock }: ServerDeps): Hono<ServerEnv> {
  const app = new Hono<ServerEnv>();
  const respondWithJson = (c: ServerContext, body: string) =>
    c.body(body, 200, { 'content-type': 'application/json' });
  const answer = async (c: ServerContext, route: SearchRoute) => {
    const question = {
      route,
      query: getQueryParams(c).toString(),
      limits: c.get('access').limits,
      nowMs: clock.now(),
    };
    return respondWithJson(c, await searching.answer(question, () => !c.env.outgoing.destroyed));
  };

  app.get('/api/search', (c) => answer(c, 'search'));

  app.get('/api/facets', (c) => answer(c, 'facets'));

  // A cheap look-up, and only this thread has the latest word counts; limited tokens need a search of prompts.
  app.get('/api/suggest', async (c) => {
    const { limits } = c.get('access');
    if (limits) return answer(c, 'suggest');
    return respondWithJson(c, await answerSuggest(store, { params: getQueryParams(c), limits }));
  });

  return app;
}
