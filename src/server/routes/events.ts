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
import type { ServerEnv } from '../deps.ts';
import type { EventHub } from '../events/event-hub.ts';
import { getQueryParams } from '../query-params.ts';

/** A stream is cheap, but takes one of the connections. */
const MAX_STREAMS = { maxTotal: 512, maxPerCaller: 64 };

const HEADERS = {
  'content-type': 'text/event-stream; charset=utf-8',
  'cache-control': 'no-store, no-transform',
  'x-accel-buffering': 'no', // nginx would hold events back
};

export function createEventRoutes(
  { events }: { readonly events: EventHub },
  { isStillValid }: Pick<Auth, 'isStillValid'>,
): Hono<ServerEnv> {
  const slots = createSlots('event streams', MAX_STREAMS);

  return new Hono<ServerEnv>().get('/api/events', (c) => {
    const { incoming } = c.env;
    const access = c.get('access');
    const params = getQueryParams(c);
    const timeZone = params.get('tz') || findMachineTimeZone().timeZone;
    if (!isTimeZone(timeZone)) throw createBadRequest('"tz" must be an IANA time zone such as Europe/Berlin');
    if (incoming.method === 'HEAD') return c.body(null, 200, HEADERS);
    const free = slots.take(getCallerKey(access.tokenName, incoming));
    const stream = events.open({
      limits: access.limits,
      timeZone,
      // A browser sends the header when it connects again; a page can only set the parameter.
      after: c.req.header('last-event-id') || params.get('after') || undefined,
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
