/** `/api/tasks/:id`: one stored document, and tasks with similar prompts. */
import { Hono } from 'hono';
import { etag } from 'hono/etag';
import { createBadRequest } from '../../lib/api-error.ts';
import { taskResponse } from '../../mirror/mirror-response.ts';
import { parseTaskId, type TaskId } from '../../task/id.ts';
import { createAnswer, respond } from '../answer.ts';
import type { ServerDeps, ServerEnv } from '../deps.ts';
import { createTaskNotFound, findId, findTask } from '../find-task.ts';
import { respondFromThread } from '../search/respond.ts';
import { getCaller } from './flux-tasks.ts';

export function createTaskRoutes({ store, mirror, searching, clock }: ServerDeps): Hono<ServerEnv> {
  const app = new Hono<ServerEnv>();

  app.get('/api/tasks/:id', etag(), async (c) => {
    const task = await findTask(store, parseIdParam(c.req.param('id')), getCaller(c));
    if (!task) throw createTaskNotFound();
    const { headers, ...answer } = createAnswer(taskResponse(task, { hit: true }, clock.now()));
    return respond(c, { ...answer, headers: { ...headers, 'cache-control': 'no-cache' } });
  });

  for (const route of ['similar', 'same', 'details', 'edits', 'chain'] as const)
    app.get(`/api/tasks/:id/${route}`, async (c) => {
      const given = parseIdParam(c.req.param('id'));
      // Searches find placeholders too.
      const id = (await findId(store, given, getCaller(c), { onlyDocuments: false })) ?? given;
      return respondFromThread(c, searching, { route, id }, clock.now());
    });

  // A finished task never changes, so the upstream is not contacted for one.
  app.post('/api/tasks/:id/refresh', async (c) => {
    const caller = getCaller(c);
    const control = { ...caller.control, noCache: true };
    const given = parseIdParam(c.req.param('id'));
    const id = (await findId(store, given, caller)) ?? given;
    const served = await mirror.retrieve(id, { ...caller, control });
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
