/** `/api/tracked`: the ids checked by the schedule. */
import { Hono } from 'hono';
import { ApiError } from '../../lib/api-error.ts';
import { getOwn } from '../../task/json-object.ts';
import { serializeTrackedId, serializeTrackResult } from '../../views/tracked-json.ts';
import type { TrackedList, UntrackResult } from '../../views/tracked-schema.ts';
import { requireFullAccess } from '../auth/auth.ts';
import { readJsonBody } from '../body.ts';
import type { ServerDeps, ServerEnv } from '../deps.ts';
import { readIds } from '../drop-in/task-request.ts';
import { getQueryParams, readIntegerParam } from '../query-params.ts';
import { parseIdParam } from './tasks.ts';

export function createTrackedRoutes({ store, clock }: ServerDeps): Hono<ServerEnv> {
  const app = new Hono<ServerEnv>();

  app.get('/api/tracked', async (c) => {
    const limit = readIntegerParam(getQueryParams(c), 'limit', { min: 1, max: 1000, fallback: 100 });
    const offset = readIntegerParam(getQueryParams(c), 'offset', {
      min: 0,
      max: Number.MAX_SAFE_INTEGER,
      fallback: 0,
    });
    const { items, total } = await store.tracked({ limit, offset, within: c.get('access').limits });
    return c.json({ items: items.map(serializeTrackedId), total } satisfies TrackedList);
  });

  app.post('/api/tracked', requireFullAccess, async (c) => {
    const body = await readJsonBody(c);
    const result = await store.track(readIds(getOwn(body, 'ids')), clock.now());
    return c.json(serializeTrackResult(result));
  });

  app.delete('/api/tracked/:id', requireFullAccess, async (c) => {
    const id = parseIdParam(c.req.param('id'));
    if (!(await store.untrack(id))) throw new ApiError(404, 'not_found', 'this id is not tracked');
    return c.json({ id, untracked: true } satisfies UntrackResult);
  });

  return app;
}
