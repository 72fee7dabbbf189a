/** `/api/tracked`: the ids checked by the schedule. */
import { Hono } from 'hono';
import { ApiError } from '../../lib/api-error.ts';
import { resolveTaskId } from '../../store/contract/resolve-id.ts';
import { getOwn } from '../../task/json-object.ts';
import { serializeTrackResult } from '../../views/tracked-json.ts';
import type { UntrackResult } from '../../views/tracked-schema.ts';
import { requireFullAccess } from '../auth/auth.ts';
import { readJsonBody } from '../body.ts';
import type { ServerDeps, ServerEnv } from '../deps.ts';
import { readIds } from '../drop-in/task-request.ts';
import { createAmbiguousError } from '../find-task.ts';
import { respondFromThread } from '../search/respond.ts';
import { parseIdParam } from './tasks.ts';

export function createTrackedRoutes({ store, listing, clock }: ServerDeps): Hono<ServerEnv> {
  const app = new Hono<ServerEnv>();

  app.get('/api/tracked', (c) => respondFromThread(c, listing, { route: 'tracked' }, clock.now()));

  app.post('/api/tracked', requireFullAccess, async (c) => {
    const body = await readJsonBody(c);
    const result = await store.track(readIds(getOwn(body, 'ids')), clock.now());
    return c.json(serializeTrackResult(result));
  });

  app.delete('/api/tracked/:id', requireFullAccess, async (c) => {
    const given = parseIdParam(c.req.param('id'));
    const resolved = await resolveTaskId(store, given);
    if (resolved.kind === 'ambiguous') throw createAmbiguousError(given, resolved.candidates);
    const id = resolved.kind === 'found' ? resolved.id : given;
    if (!(await store.untrack(id))) throw new ApiError(404, 'not_found', 'this id is not tracked');
    return c.json({ id, untracked: true } satisfies UntrackResult);
  });

  return app;
}
