/** `/api/tracked`: the ids that the schedule looks after. */
import { Hono } from 'hono';
import { ApiError } from '../../lib/api-error.ts';
import { own } from '../../task/json-object.ts';
import { wholeMirror } from '../auth/gate.ts';
import { readJsonBody } from '../body.ts';
import { readIds } from '../drop-in/task-request.ts';
import type { ServerEnv, ServerParts } from '../parts.ts';
import { integerParam, isoTime, paramsOf } from '../query-params.ts';
import { idParam } from './tasks.ts';

export function apiTracked({ store, clock }: ServerParts): Hono<ServerEnv> {
  const app = new Hono<ServerEnv>();

  app.get('/api/tracked', async (c) => {
    const limit = integerParam(paramsOf(c), 'limit', { min: 1, max: 1000, fallback: 100 });
    const offset = integerParam(paramsOf(c), 'offset', { min: 0, max: Number.MAX_SAFE_INTEGER, fallback: 0 });
    const { items, total } = await store.tracked({ limit, offset, within: c.get('access').limits });
    return c.json({
      items: items.map((item) => ({
        id: item.id,
        tracked_at: isoTime(item.trackedAtMs),
        due_at: isoTime(item.dueAtMs),
        given_up: item.dueAtMs === undefined,
        attempts: item.attempts,
        unknown_since: isoTime(item.unknownSinceMs),
        last_error: item.lastError ?? null,
      })),
      total,
    });
  });

  app.post('/api/tracked', wholeMirror, async (c) => {
    const body = await readJsonBody(c);
    const result = await store.track(readIds(own(body, 'ids')), clock.now());
    return c.json({
      added: result.added,
      revived: result.revived,
      already_tracked: result.alreadyTracked,
      already_finished: result.alreadyFinished,
    });
  });

  app.delete('/api/tracked/:id', wholeMirror, async (c) => {
    const id = idParam(c.req.param('id'));
    if (!(await store.untrack(id))) throw new ApiError(404, 'not_found', 'this id is not tracked');
    return c.json({ id, untracked: true });
  });

  return app;
}
