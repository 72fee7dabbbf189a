/** `/api/tasks/:id`: one stored document. */
import { Hono } from 'hono';
import { etag } from 'hono/etag';
import { ApiError, badRequest } from '../../lib/api-error.ts';
import { servedTask } from '../../mirror/served.ts';
import { maySee } from '../../mirror/visibility.ts';
import { asTaskId, type TaskId } from '../../task/id.ts';
import { respond, servedAnswer } from '../answer.ts';
import type { ServerEnv, ServerParts } from '../parts.ts';
import { callerOf } from './flux-tasks.ts';

export function apiTasks({ store, mirror, clock }: ServerParts): Hono<ServerEnv> {
  const app = new Hono<ServerEnv>();

  app.get('/api/tasks/:id', etag(), async (c) => {
    const task = await store.get(idParam(c.req.param('id')));
    if (!task || !maySee(callerOf(c), task))
      throw new ApiError(404, 'not_found', 'this task is not in the mirror');
    const { headers, ...answer } = servedAnswer(servedTask(task, { hit: true }, clock.now()));
    return respond(c, { ...answer, headers: { ...headers, 'cache-control': 'no-cache' } });
  });

  // A finished task never changes, so for one nothing is asked.
  app.post('/api/tasks/:id/refresh', async (c) => {
    const caller = callerOf(c);
    const control = { ...caller.control, noCache: true };
    const served = await mirror.retrieve(idParam(c.req.param('id')), { ...caller, control });
    return respond(c, servedAnswer(served));
  });

  return app;
}

/** @throws ApiError 400 */
export function idParam(value: string): TaskId {
  const id = asTaskId(value);
  if (id === undefined) throw badRequest('a task id has 1 to 128 characters');
  return id;
}
