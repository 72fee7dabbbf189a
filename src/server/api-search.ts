/** `GET /api/search`: prompts by words, phrases and dates, newest first. */
import { Hono } from 'hono';
import { badRequest } from '../api-error.ts';
import { decodeCursor, encodeCursor } from '../search/cursor.ts';
import { isTimeZone, parseDate } from '../search/dates.ts';
import { parseQuery } from '../search/query.ts';
import type { SortOrder, TaskFilter } from '../store/contract.ts';
import type { ServerContext, ServerEnv, ServerParts } from './parts.ts';
import { choiceParam, integerParam, listParam } from './query-params.ts';
import { searchHit } from './search-hit.ts';

const SORTS = ['newest', 'oldest'] as const;
const MAX_LIMIT = 100;
const MAX_QUERY = 1000;

export function apiSearch({ store, clock }: ServerParts): Hono<ServerEnv> {
  return new Hono<ServerEnv>().get('/api/search', async (c) => {
    const started = clock.monotonic();
    const text = c.req.query('q') ?? '';
    if (text.length > MAX_QUERY) throw badRequest(`"q" must have at most ${MAX_QUERY} characters`);
    const query = parseQuery(text);
    const [sort = 'newest'] = choiceParam(c, 'sort', SORTS);
    const notes: string[] = [];
    const after = readCursor(c, sort);
    const page = await store.search({
      query,
      filter: readFilter(c, clock.now(), notes),
      sort,
      limit: integerParam(c, 'limit', { min: 1, max: MAX_LIMIT, fallback: 20 }),
      ...(after === undefined ? {} : { after }),
    });
    return c.json({
      items: page.tasks.map((task) => searchHit(task, query)),
      next_cursor: page.next === undefined ? null : encodeCursor(page.next, sort),
      total: page.total,
      total_is_exact: page.totalIsExact,
      ranked: null,
      notes,
      took_ms: Math.round((clock.monotonic() - started) * 1000) / 1000,
    });
  });
}

function readCursor(c: ServerContext, sort: SortOrder): number | undefined {
  const cursor = c.req.query('cursor');
  if (!cursor) return undefined;
  const position = decodeCursor(cursor, sort);
  if (position === undefined)
    throw badRequest('"cursor" is not one of this search; leave it out to start anew');
  return position;
}

/** A date that is none is no error: it is left out, and the answer says so. */
function readFilter(c: ServerContext, nowMs: number, notes: string[]): TaskFilter {
  const timeZone = c.req.query('tz') || Intl.DateTimeFormat().resolvedOptions().timeZone;
  if (!isTimeZone(timeZone)) throw badRequest('"tz" must be an IANA time zone such as Europe/Berlin');
  const readDate = (name: 'from' | 'to') => {
    const value = c.req.query(name);
    if (!value) return undefined;
    const range = parseDate(value, timeZone, nowMs);
    if (!range)
      notes.push(
        `"${name}" is not a date that is understood, and was left out; try 2026-03, 2026-03-14 or 7d`,
      );
    return range;
  };
  const from = readDate('from');
  const to = readDate('to');
  return {
    states: choiceParam(c, 'state', ['pending', 'succeeded', 'failed']),
    models: listParam(c, 'model'),
    sizes: listParam(c, 'size'),
    actions: listParam(c, 'action'),
    userIds: listParam(c, 'user_id'),
    applicationIds: listParam(c, 'application_id'),
    ...(from ? { fromMs: from.fromMs } : {}),
    ...(to ? { toMs: to.toMs } : {}),
  };
}
