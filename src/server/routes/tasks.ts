/** `/api/tasks/:id`: one stored document. */
import { Hono } from 'hono';
import { etag } from 'hono/etag';
import { ApiError, createBadRequest } from '../../lib/api-error.ts';
import { taskResponse } from '../../mirror/mirror-response.ts';
import { maySee } from '../../mirror/visibility.ts';
import { parseTaskId, type TaskId } from '../../task/id.ts';
import { createAnswer, respond } from '../answer.ts';
import type { ServerDeps, ServerEnv } from '../deps.ts';
import { getCaller } from './flux-tasks.ts';

export function createTaskRoutes({ store, mirror, clock }: ServerDeps): Hono<ServerEnv> {
  const app = new Hono<ServerEnv>();

  app.get('/api/tasks/:id', etag(), async (c) => {
    const task = await store.get(parseIdParam(c.req.param('id')));
    if (!task || !maySee(getCaller(c), task))
      throw new ApiError(404, 'not_found', 'this task is not in the mirror');
    const { headers, ...answer } = createAnswer(taskResponse(task, { hit: true }, clock.now()));
    return respond(c, { ...answer, headers: { ...headers, 'cache-control': 'no-cache' } });
  });

  // A finished task never changes, so the upstream is not contacted for one.
  app.post('/api/tasks/:id/refresh', async (c) => {
    const caller = getCaller(c);
    const control = { ...caller.control, noCache: true };
    const served = await mirror.retrieve(parseIdParam(c.req.param('id')), { ...caller, control });
    return respond(c, createAnswer(served));
  });

  return app;
}

/** @throws ApiError 400 */
export function parseIdParam(value: string): TaskId {
  const id = parseTaskId(value);
  if (id === undefined) throw createBadRequest('a task id has 1 to 128 characters');
  return id;
}
