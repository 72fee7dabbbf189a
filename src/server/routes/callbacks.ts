/** `POST /callbacks/:key`: the upstream says that a generation is done. The key is the password. */
import { Hono } from 'hono';
import { CALLBACK_PATH } from '../../generation/callbacks.ts';
import { findTaskIdInResponse } from '../../generation/task-id.ts';
import { fetchResult } from '../../generation/verify-callback.ts';
import { ApiError } from '../../lib/api-error.ts';
import { readBytes } from '../body.ts';
import type { ServerDeps, ServerEnv } from '../deps.ts';

export function createCallbackRoutes(deps: ServerDeps): Hono<ServerEnv> {
  const { store, callbackDelivery, clock } = deps;
  return new Hono<ServerEnv>().post(`${CALLBACK_PATH}/:key`, async (c) => {
    const key = c.req.param('key');
    // Before the body: nobody without a key shall make us read.
    const known = await store.callback(key);
    if (!known) throw new ApiError(404, 'not_found', 'there is no such callback');
    const body = await readBytes(c.env.incoming);
    const mediaType = c.req.header('content-type') ?? 'application/json';
    const isFirst = await store.receiveCallback(key, { body, mediaType, nowMs: clock.now() });
    const id = known.taskId ?? findTaskIdInResponse(body.toString());
    // What was posted is the result alone; the whole document is asked for now, and by the schedule if that fails.
    if (isFirst && id !== undefined) void fetchResult(deps, id);
    if (isFirst) void callbackDelivery.run();
    return c.json({ success: true });
  });
}
