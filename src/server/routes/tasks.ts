/** `/api/tasks/:id`: one stored document, and tasks with similar prompts. */
import { Hono } from 'hono';
import { etag } from 'hono/etag';
import { ApiError, createBadRequest } from '../../lib/api-error.ts';
import type { Caller } from '../../mirror/deps.ts';
import { taskResponse } from '../../mirror/mirror-response.ts';
import { maySee } from '../../mirror/visibility.ts';
import { describeAmbiguity, resolveTaskId } from '../../store/contract/resolve-id.ts';
import type { Store } from '../../store/contract/store.ts';
import type { StoredTask } from '../../store/contract/tasks.ts';
import { parseTaskId, type TaskId } from '../../task/id.ts';
import { createAnswer, respond } from '../answer.ts';
import type { ServerDeps, ServerEnv } from '../deps.ts';
import { respondFromThread } from '../search/respond.ts';
import { getCaller } from './flux-tasks.ts';

export function createTaskRoutes({ store, mirror, searching, clock }: ServerDeps): Hono<ServerEnv> {
  const app = new Hono<ServerEnv>();

  app.get('/api/tasks/:id', etag(), async (c) => {
    const task = await findTask(store, parseIdParam(c.req.param('id')), getCaller(c));
    if (!task) throw new ApiError(404, 'not_found', 'this task is not in the mirror');
    const { headers, ...answer } = createAnswer(taskResponse(task, { hit: true }, clock.now()));
    return respond(c, { ...answer, headers: { ...headers, 'cache-control': 'no-cache' } });
  });

  for (const route of ['similar', 'same', 'details'] as const)
    app.get(`/api/tasks/:id/${route}`, async (c) => {
      const given = parseIdParam(c.req.param('id'));
      const id = await expandId(store, given, getCaller(c), { onlyDocuments: false }); // searches find placeholders too
      return respondFromThread(c, searching, { route, id }, clock.now());
    });

  // A finished task never changes, so the upstream is not contacted for one.
  app.post('/api/tasks/:id/refresh', async (c) => {
    const caller = getCaller(c);
    const control = { ...caller.control, noCache: true };
    const id = await expandId(store, parseIdParam(c.req.param('id')), caller);
    const served = await mirror.retrieve(id, { ...caller, control });
    return respond(c, createAnswer(served));
  });

  return app;
}

/** @throws ApiError 409 if several tasks begin like this */
async function findTask(store: Store, id: TaskId, caller: Caller): Promise<StoredTask | undefined> {
  // The whole id of another user's task must not hide an own one that begins with it.
  const task = await store.get(await expandId(store, id, caller));
  return task && maySee(caller, task) ? task : undefined;
}

/**
 * The id of the stored document that begins with this; unchanged if there is none. Only documents that the caller may see count,
 * or answers would tell what others have. @throws ApiError 409 if there are several
 */
async function expandId(
  store: Store,
  id: TaskId,
  { limits }: Caller,
  { onlyDocuments = true } = {},
): Promise<TaskId> {
  const resolved = await resolveTaskId(store, id, { within: limits, onlyDocuments });
  if (resolved.kind === 'ambiguous') throw createAmbiguousError(id, resolved.candidates);
  return resolved.kind === 'found' ? resolved.id : id;
}

/** @throws ApiError 400 */
export function parseIdParam(value: string): TaskId {
  const id = parseTaskId(value);
  if (id === undefined) throw createBadRequest('a task id has 1 to 128 characters');
  return id;
}

export function createAmbiguousError(given: TaskId, candidates: readonly TaskId[]): ApiError {
  return new ApiError(409, 'ambiguous', describeAmbiguity(given, candidates), { candidates });
}
