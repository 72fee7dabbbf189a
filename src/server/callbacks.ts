/** `POST /callbacks/:key`: the upstream says that a generation is done. The key is the password. */
import { Hono } from 'hono';
import { ApiError } from '../api-error.ts';
import { CALLBACK_PATH } from '../generation/callbacks.ts';
import { answeredTaskId } from '../generation/task-id.ts';
import { readBytes } from './body.ts';
import type { ServerEnv, ServerParts } from './parts.ts';

const NO_CACHE = { noCache: true, onlyIfCached: false, maxAgeMs: undefined };

export function callbacks({ store, mirror, courier, clock, log }: ServerParts): Hono<ServerEnv> {
  return new Hono<ServerEnv>().post(`${CALLBACK_PATH}/:key`, async (c) => {
    const body = await readBytes(c.env.incoming);
    const mediaType = c.req.header('content-type') ?? 'application/json';
    const received = { body, mediaType, nowMs: clock.now() };
    if (!(await store.receiveCallback(c.req.param('key'), received)))
      throw new ApiError(404, 'not_found', 'there is no such callback');
    void courier.run();
    const id = answeredTaskId(body.toString());
    // What was posted is the result alone; the whole document is asked for now, and by the schedule if that fails.
    if (id !== undefined) {
      void mirror
        .retrieve(id, { token: undefined, control: NO_CACHE })
        .catch((error: unknown) => log.debug({ err: error, id }, 'a finished task could not be fetched yet'));
    }
    return c.json({ success: true });
  });
}
