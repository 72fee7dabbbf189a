/** `GET /api/search`, `/api/facets` and `/api/suggest`: the prompt history. */
import { Hono } from 'hono';
import { lastWord } from '../search/last-word.ts';
import type { ServerContext, ServerEnv, ServerParts } from './parts.ts';
import { integerParam, paramsOf } from './query-params.ts';
import type { SearchRoute } from './search-thread.ts';

const MAX_SUGGESTIONS = 50;

export function apiSearch({ store, searching, clock }: ServerParts): Hono<ServerEnv> {
  const app = new Hono<ServerEnv>();
  const answer = async (c: ServerContext, route: SearchRoute) => {
    const body = await searching.answer({
      route,
      query: paramsOf(c).toString(),
      limits: c.get('access').limits,
      nowMs: clock.now(),
    });
    return c.body(body, 200, { 'content-type': 'application/json' });
  };

  app.get('/api/search', (c) => answer(c, 'search'));

  app.get('/api/facets', (c) => answer(c, 'facets'));

  app.get('/api/suggest', async (c) => {
    const params = paramsOf(c);
    const text = params.get('q') ?? '';
    const limit = integerParam(params, 'limit', { min: 1, max: MAX_SUGGESTIONS, fallback: 10 });
    const last = lastWord(text);
    const words = last ? await store.suggest(last.word, limit, c.get('access').limits) : [];
    return c.json({
      items: words.map(({ word, uses }) => ({ word, uses, query: `${text.slice(0, last?.start)}${word}` })),
    });
  });

  return app;
}
