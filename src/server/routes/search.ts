/** `GET /api/search`, `/api/facets` and `/api/suggest`: the prompt history. */
import { Hono } from 'hono';
import type { ServerContext, ServerEnv, ServerParts } from '../parts.ts';
import { paramsOf } from '../query-params.ts';
import { answerSuggest } from '../search/search-answers.ts';
import type { SearchRoute } from '../search/search-thread.ts';

export function apiSearch({ store, searching, clock }: ServerParts): Hono<ServerEnv> {
  const app = new Hono<ServerEnv>();
  const json = (c: ServerContext, body: string) => c.body(body, 200, { 'content-type': 'application/json' });
  const answer = async (c: ServerContext, route: SearchRoute) => {
    const question = {
      route,
      query: paramsOf(c).toString(),
      limits: c.get('access').limits,
      nowMs: clock.now(),
    };
    return json(c, await searching.answer(question, () => !c.env.outgoing.destroyed));
  };

  app.get('/api/search', (c) => answer(c, 'search'));

  app.get('/api/facets', (c) => answer(c, 'facets'));

  // The list of all words is at hand, with what the thread does not know yet; for a limited token prompts must be searched.
  app.get('/api/suggest', async (c) => {
    const { limits } = c.get('access');
    if (limits) return answer(c, 'suggest');
    return json(c, await answerSuggest(store, { params: paramsOf(c), limits }));
  });

  return app;
}
