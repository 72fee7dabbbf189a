/** The mirror's own routes. */
import {
  body,
  count,
  errors,
  flag,
  inPath,
  json,
  listOf,
  object,
  oneOf,
  orNull,
  type Paths,
  query,
  taskDocument,
  taskId,
  text,
  time,
  whole,
} from './parts.ts';

const number = { type: 'number' };
const sha256 = { type: 'string', pattern: '^[0-9a-f]{64}$' };

const searchTarget = [
  query(
    'q',
    text,
    'words, "phrases", -not, OR, prefi*, and operators such as model:flux-dev or before:2026-03',
  ),
  query('from', text, 'a date; from its start on'),
  query('to', text, 'a date; all of a day, month or year'),
  query('tz', text, 'IANA time zone in which dates are read'),
  ...['model', 'size', 'action', 'seed', 'id', 'user_id', 'application_id'].map((name) => query(name, text)),
  query('state', oneOf('pending', 'succeeded', 'failed')),
  ...['before', 'after', 'on'].map((name) => query(name, text, 'a date')),
];

const image = object({
  url: text,
  local: orNull(
    object({
      url: text,
      thumb_url: text,
      sha256,
      media_type: text,
      bytes: count,
      width: count,
      height: count,
      thumbhash: text,
    }),
  ),
});

const hit = {
  ...object({
    id: taskId,
    created_at: time,
    state: oneOf('pending', 'succeeded', 'failed'),
    action: orNull(text),
    model: orNull(text),
    size: orNull(text),
    seed: orNull(number),
    user_id: orNull(text),
    application_id: orNull(text),
    prompt: text,
    highlights: listOf({ description: 'UTF-16 offsets into the prompt' }),
    images: listOf(image),
  }),
};

const counts = listOf(object({ value: orNull(text), count }));
const runCounts = {
  claimed: count,
  finished: count,
  pending: count,
  unknown: count,
  failed: count,
  given_up: count,
  requests: count,
  regressions: count,
  dropped: count,
  discovered: count,
};
const reasons = listOf(object({ error: text, count }));

const picture = (summary: string, operationId: string, parameters: readonly object[] = []) => ({
  get: {
    operationId,
    summary,
    parameters: [inPath('sha256', sha256), ...(parameters as { name: string }[])],
    responses: {
      '200': { description: 'the file; cached for ever', content: { 'image/*': {} } },
      '206': { description: 'a range of it' },
      '304': { description: 'not modified' },
      '416': { description: 'no such range' },
      ...errors(401, 403, 404),
    },
  },
});

export const OWN_PATHS: Paths = {
  '/api/search': {
    get: {
      operationId: 'search',
      summary: 'Search the prompt history',
      parameters: [
        ...searchTarget,
        query('sort', { ...oneOf('newest', 'oldest', 'relevance'), default: 'newest' }),
        query('group', oneOf('prompt'), 'folds tasks of the same prompt into the newest'),
        query('limit', whole(1, 100, 20)),
        query('cursor', text, 'the next_cursor of the page before'),
      ],
      responses: {
        '200': json(
          'a page of hits',
          object({
            items: listOf(hit),
            next_cursor: orNull(text),
            total: count,
            total_is_exact: flag,
            ranked: { enum: ['all', 'newest', null] },
            notes: listOf(text),
            took_ms: number,
          }),
        ),
        ...errors(400, 401, 403, 503),
      },
    },
  },
  '/api/facets': {
    get: {
      operationId: 'facets',
      summary: 'Count the matches by model, size, action, state and time',
      parameters: [...searchTarget, query('by', { ...oneOf('day', 'month', 'year'), default: 'month' })],
      responses: {
        '200': json(
          'counts of all matches',
          object({
            total: count,
            model: counts,
            size: counts,
            action: counts,
            state: counts,
            histogram: object({
              by: oneOf('day', 'month', 'year'),
              tz: text,
              items: listOf(object({ period: text, from: time, count })),
            }),
            notes: listOf(text),
            took_ms: number,
          }),
        ),
        ...errors(400, 401, 403, 503),
      },
    },
  },
  '/api/suggest': {
    get: {
      operationId: 'suggest',
      summary: 'Complete the word that is being typed',
      parameters: [query('q', text), query('limit', whole(1, 50, 10))],
      responses: {
        '200': json(
          'words, most used first',
          object({ items: listOf(object({ word: text, uses: count, query: text })) }),
        ),
        ...errors(400, 401, 403),
      },
    },
  },
  '/api/tasks/{id}': {
    get: {
      operationId: 'task',
      summary: 'One stored document',
      parameters: [inPath('id', taskId)],
      responses: {
        '200': json('the document', taskDocument),
        '304': { description: 'not modified' },
        ...errors(400, 401, 403, 404),
      },
    },
  },
  '/api/tasks/{id}/refresh': {
    post: {
      operationId: 'refresh',
      summary: 'Fetch an unfinished or unknown task now',
      parameters: [inPath('id', taskId)],
      responses: { '200': json('the document', taskDocument), ...errors(400, 401, 403, 404, 429, 502, 504) },
    },
  },
  '/api/tracked': {
    get: {
      operationId: 'tracked',
      summary: 'The ids that the schedule looks after',
      parameters: [query('limit', whole(1, 1000, 100)), query('offset', whole(0, undefined, 0))],
      responses: {
        '200': json(
          'a page of ids, due first',
          object({
            items: listOf(
              object({
                id: taskId,
                tracked_at: time,
                due_at: orNull(time),
                given_up: flag,
                attempts: count,
                unknown_since: orNull(time),
                last_error: orNull(text),
              }),
            ),
            total: count,
          }),
        ),
        ...errors(400, 401, 403),
      },
    },
    post: {
      operationId: 'track',
      summary: 'Remember ids',
      requestBody: body(object({ ids: { ...listOf(taskId), maxItems: 1000 } })),
      responses: {
        '200': json(
          'what was new',
          object({ added: count, revived: count, already_tracked: count, already_finished: count }),
        ),
        ...errors(400, 401, 403, 413, 503),
      },
    },
  },
  '/api/tracked/{id}': {
    delete: {
      operationId: 'untrack',
      summary: 'Stop refreshing an id; its document stays',
      parameters: [inPath('id', taskId)],
      responses: {
        '200': json('done', object({ id: taskId, untracked: flag })),
        ...errors(400, 401, 403, 404, 503),
      },
    },
  },
  '/api/sync': {
    post: {
      operationId: 'sync',
      summary: 'Run the syncer now; answers when the run is over',
      responses: {
        '200': json('what it did', object({ outcome: text, ...runCounts, error: orNull(text) })),
        ...errors(401, 403, 503),
      },
    },
  },
  '/api/sync/runs': {
    get: {
      operationId: 'runs',
      summary: 'Past runs, newest first',
      parameters: [query('limit', whole(1, 1000, 20))],
      responses: {
        '200': json(
          'runs',
          object({
            items: listOf(
              object({
                id: count,
                trigger: oneOf('schedule', 'api', 'command'),
                started_at: time,
                ended_at: orNull(time),
                outcome: text,
                ...runCounts,
                error: orNull(text),
              }),
            ),
          }),
        ),
        ...errors(400, 401, 403),
      },
    },
  },
  '/api/stats': {
    get: {
      operationId: 'stats',
      summary: 'Totals, what is due, disk use, upstream health',
      responses: {
        '200': json(
          'the state of the mirror',
          object({
            total: count,
            by_state: object({ pending: count, succeeded: count, failed: count }),
            oldest: orNull(time),
            newest: orNull(time),
            tracked: count,
            due: count,
            given_up: count,
            disk_bytes: count,
            images: object({ archived: count, bytes: count, wanted: count, given_up: count, reasons }),
            callbacks: object({
              waiting: count,
              undelivered: count,
              delivered: count,
              given_up: count,
              last_error: orNull(text),
            }),
            upstream: object({ state: text, until: orNull(time), message: orNull(text) }),
            trouble: listOf(text),
          }),
        ),
        ...errors(401, 403),
      },
    },
  },
  '/images/{sha256}': picture('An archived image', 'image'),
  '/thumbs/{sha256}': picture('A thumbnail of it', 'thumbnail', [query('w', whole(1, 10_000), 'pixels')]),
  '/healthz': {
    get: {
      operationId: 'alive',
      summary: 'The process is alive',
      responses: { '200': json('yes', object({ status: text })), ...errors(403) },
      security: [],
    },
  },
  '/readyz': {
    get: {
      operationId: 'ready',
      summary: 'Ready to serve, and what is wrong meanwhile',
      responses: {
        '200': json('ready', object({ status: text, reasons: listOf(text) })),
        '503': json('not ready', object({ status: text, reasons: listOf(text) })),
        ...errors(403),
      },
      security: [],
    },
  },
  '/metrics': {
    get: {
      operationId: 'metrics',
      summary: 'Prometheus metrics',
      responses: {
        '200': { description: 'Prometheus text format', content: { 'text/plain': { schema: text } } },
        ...errors(401, 403),
      },
    },
  },
  '/openapi.json': {
    get: {
      operationId: 'openapi',
      summary: 'This description',
      responses: { '200': json('OpenAPI 3.1', { type: 'object' }), ...errors(401, 403) },
    },
  },
};
