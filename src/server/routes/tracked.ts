/** `/api/tracked`: the ids that the schedule looks after. */
import { Hono } from 'hono';
import { ApiError } from '../../lib/api-error.ts';
import { own } from '../../task/json-object.ts';
import { trackedIdJson, trackResultJson } from '../../views/tracked-json.ts';
import type { TrackedList, UntrackResult } from '../../views/tracked-schema.ts';
import { wholeMirror } from '../auth/gate.ts';
import { readJsonBody } from '../body.ts';
import { readIds } from '../drop-in/task-request.ts';
import type { ServerEnv, ServerParts } from '../parts.ts';
import { integerParam, paramsOf } from '../query-params.ts';
import { idParam } from './tasks.ts';

export function apiTracked({ store, clock }: ServerParts): Hono<ServerEnv> {
  const app = new Hono<ServerEnv>();

  app.get('/api/tracked', async (c) => {
    const limit = integerParam(paramsOf(c), 'limit', { min: 1, max: 1000, fallback: 100 });
    const offset = integerParam(paramsOf(c), 'offset', { min: 0, max: Number.MAX_SAFE_INTEGER, fallback: 0 });
    const { items, total } = await store.tracked({ limit, offset, within: c.get('access').limits });
    return c.json({ items: items.map(trackedIdJson), total } satisfies TrackedList);
  });

  app.post('/api/tracked', wholeMirror, async (c) => {
    const body = await readJsonBody(c);
    const result = await store.track(readIds(own(body, 'ids')), clock.now());
    return c.json(trackResultJson(result));
  });

  app.delete('/api/tracked/:id', wholeMirror, async (c) => {
    const id = idParam(c.req.param('id'));
    if (!(await store.untrack(id))) throw new ApiError(404, 'not_found', 'this id is not tracked');
    return c.json({ id, untracked: true } satisfies UntrackResult);
  });

  return app;
}
