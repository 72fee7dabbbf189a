/** `POST /callbacks/:key`: the upstream says that a generation is done. The key is the password. */
import { Hono } from 'hono';
import { CALLBACK_PATH } from '../../generation/callbacks.ts';
import { fetchResult } from '../../generation/proof.ts';
import { answeredTaskId } from '../../generation/task-id.ts';
import { ApiError } from '../../lib/api-error.ts';
import { readBytes } from '../body.ts';
import type { ServerEnv, ServerParts } from '../parts.ts';

export function callbacks(parts: ServerParts): Hono<ServerEnv> {
  const { store, courier, clock } = parts;
  return new Hono<ServerEnv>().post(`${CALLBACK_PATH}/:key`, async (c) => {
    const key = c.req.param('key');
    // Before the body: nobody without a key shall make us read.
    const known = await store.callback(key);
    if (!known) throw new ApiError(404, 'not_found', 'there is no such callback');
    const body = await readBytes(c.env.incoming);
    const mediaType = c.req.header('content-type') ?? 'application/json';
    const isFirst = await store.receiveCallback(key, { body, mediaType, nowMs: clock.now() });
    const id = known.taskId ?? answeredTaskId(body.toString());
    // What was posted is the result alone; the whole document is asked for now, and by the schedule if that fails.
    if (isFirst && id !== undefined) void fetchResult(parts, id);
    if (isFirst) void courier.run();
    return c.json({ success: true });
  });
}
