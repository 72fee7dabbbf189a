/** `GET /api/events`: server-sent events about tasks, images, sync runs and the mirror. */
import { Readable } from 'node:stream';
import { Hono } from 'hono';
import { createBadRequest } from '../../lib/api-error.ts';
import { isTimeZone } from '../../search/dates.ts';
import { findMachineTimeZone } from '../../search/machine-time-zone.ts';
import type { Auth } from '../auth/auth.ts';
import { getCallerKey } from '../connections/caller-key.ts';
import { onEnd } from '../connections/hang-up.ts';
import { createSlots } from '../connections/slots.ts';
import type { ServerDeps, ServerEnv } from '../deps.ts';
import { createEventHub, type EventHub } from '../events/event-hub.ts';
import { getQueryParams } from '../query-params.ts';

/** A stream is cheap, but takes one of the connections. */
const MAX_STREAMS = { maxTotal: 512, maxPerCaller: 64 };

const HEADERS = {
  'content-type': 'text/event-stream; charset=utf-8',
  'cache-control': 'no-store, no-transform',
  'x-accel-buffering': 'no', // nginx would hold events back
};

/** @param stopping aborted once the server accepts no new work */
export function createEventRoutes(
  deps: ServerDeps,
  { isStillValid }: Pick<Auth, 'isStillValid'>,
  stopping: AbortSignal,
): Hono<ServerEnv> {
  const slots = createSlots('event streams', MAX_STREAMS);
  let hub: EventHub | undefined; // nothing has to be remembered before somebody listens

  return new Hono<ServerEnv>().get('/api/events', (c) => {
    const { incoming } = c.env;
    const access = c.get('access');
    const timeZone = getQueryParams(c).get('tz') || findMachineTimeZone().timeZone;
    if (!isTimeZone(timeZone)) throw createBadRequest('"tz" must be an IANA time zone such as Europe/Berlin');
    if (incoming.method === 'HEAD') return c.body(null, 200, HEADERS);
    const free = slots.take(getCallerKey(access.tokenName, incoming));
    hub ??= createEventHub(deps, stopping);
    const stream = hub.open({
      limits: access.limits,
      timeZone,
      after: c.req.header('last-event-id'),
      isStillValid: () => isStillValid(incoming, access),
    });
    onEnd(c.env, () => {
      stream.close();
      free();
    });
    return c.body(
      Readable.toWeb(Readable.from(stream.read())) as ReadableStream<Uint8Array<ArrayBuffer>>,
      200,
      HEADERS,
    );
  });
}
