/** `POST /callbacks/:key`: the upstream reports a finished generation. The key is the credential. */
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
    // Checked before reading the body: a request without a valid key must cost nothing.
    const known = await store.callback(key);
    if (!known) throw new ApiError(404, 'not_found', 'there is no such callback');
    const body = await readBytes(c.env.incoming);
    const mediaType = c.req.header('content-type') ?? 'application/json';
    const isFirst = await store.receiveCallback(key, { body, mediaType, nowMs: clock.now() });
    const id = known.taskId ?? findTaskIdInResponse(body.toString());
    // The callback holds only the result; the whole document is fetched now, or by the schedule if that fails.
    if (isFirst && id !== undefined) void fetchResult(deps, id);
    if (isFirst) void callbackDelivery.run();
    return c.json({ success: true });
  });
}
