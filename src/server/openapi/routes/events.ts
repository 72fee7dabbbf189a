/** `/api/events`. */
import { createQueryParameter, type RouteDescription, text } from '../components.ts';

export const EVENT_ROUTES: readonly RouteDescription[] = [
  {
    path: '/api/events',
    method: 'get',
    operationId: 'events',
    summary: 'What happens, as server-sent events',
    parameters: [
      createQueryParameter('tz', text, 'IANA time zone of the months; default: that of the machine'),
      createQueryParameter('after', text, 'as `last-event-id`, for a first connection'),
      {
        name: 'last-event-id',
        in: 'header',
        schema: text,
        description:
          'the last event that the caller has had; `changed` comes if those after it are not known',
      },
    ],
    responses: {
      200: {
        description:
          'events until the caller hangs up, the token ends or the mirror stops: `task` {id, state (a state or removed), month, created_at}, ' +
          '`image` {id, n (or input, for an input image), sha256 (null: not fetched)}, `changed` {} (anything may be different), and for tokens without limits ' +
          '`sync` {state (running or ended), trigger, done, due, outcome, finished, error} and `status` {} (see /api/stats)',
        content: { 'text/event-stream': { schema: text } },
      },
    },
    errors: [400, 401, 403, 503],
  },
];
