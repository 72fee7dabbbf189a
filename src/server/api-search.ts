/** `GET /api/search`, `/api/facets` and `/api/suggest`: the prompt history. */
import { Hono } from 'hono';
import { badRequest } from '../api-error.ts';
import { type Cursor, decodeCursor, encodeCursor } from '../search/cursor.ts';
import { lastWord } from '../search/last-word.ts';
import type { SortOrder } from '../store/contract.ts';
import { facetsJson } from './facets-json.ts';
import type { ServerContext, ServerEnv, ServerParts } from './parts.ts';
import { choiceParam, integerParam } from './query-params.ts';
import { searchHit } from './search-hit.ts';
import { readSearchTarget } from './search-request.ts';

const SORTS = ['newest', 'oldest', 'relevance'] as const;
const UNITS = ['day', 'month', 'year'] as const;
const MAX_LIMIT = 100;
const MAX_SUGGESTIONS = 50;

export function apiSearch({ store, clock }: ServerParts): Hono<ServerEnv> {
  const app = new Hono<ServerEnv>();
  /** Milliseconds since `started`, to the microsecond. */
  const took = (started: number) => Math.round((clock.monotonic() - started) * 1000) / 1000;

  app.get('/api/search', async (c) => {
    const started = clock.monotonic();
    const { query, filter } = readSearchTarget(c, clock.now());
    const [sort = 'newest'] = choiceParam(c, 'sort', SORTS);
    const [group] = choiceParam(c, 'group', ['prompt']);
    const after = readCursor(c, sort);
    const page = await store.search({
      query,
      filter,
      sort,
      limit: integerParam(c, 'limit', { min: 1, max: MAX_LIMIT, fallback: 20 }),
      groupByPrompt: group === 'prompt',
      nowMs: clock.now(),
      ...(after ? { after } : {}),
    });
    return c.json({
      items: page.hits.map((hit) => searchHit(hit, query)),
      next_cursor: page.next ? encodeCursor(page.next) : null,
      total: page.total,
      total_is_exact: page.totalIsExact,
      ranked: page.ranked ?? null,
      notes: [...query.notes, ...gapNote(page.indexedFromMs)],
      took_ms: took(started),
    });
  });

  app.get('/api/facets', async (c) => {
    const started = clock.monotonic();
    const { query, filter, timeZone } = readSearchTarget(c, clock.now());
    const [by = 'month'] = choiceParam(c, 'by', UNITS);
    const facets = await store.facets({ query, filter, by, timeZone });
    return c.json({ ...facetsJson(facets, by, timeZone), notes: query.notes, took_ms: took(started) });
  });

  app.get('/api/suggest', async (c) => {
    const text = c.req.query('q') ?? '';
    const limit = integerParam(c, 'limit', { min: 1, max: MAX_SUGGESTIONS, fallback: 10 });
    const last = lastWord(text);
    const words = last ? await store.suggest(last.word, limit) : [];
    return c.json({
      items: words.map(({ word, uses }) => ({ word, uses, query: `${text.slice(0, last?.start)}${word}` })),
    });
  });

  return app;
}

function readCursor(c: ServerContext, sort: SortOrder): Cursor | undefined {
  const text = c.req.query('cursor');
  if (!text) return undefined;
  const cursor = decodeCursor(text, sort);
  if (!cursor) throw badRequest('"cursor" is not one of this search; leave it out to start anew');
  return cursor;
}

function gapNote(indexedFromMs: number | undefined): string[] {
  if (indexedFromMs === undefined) return [];
  const from =
    indexedFromMs === Number.MAX_SAFE_INTEGER
      ? 'nothing'
      : `what was created from ${new Date(indexedFromMs).toISOString()} on`;
  return [`the search index is being made anew; so far ${from} is found`];
}
