/** The vendor's own routes, as the mirror answers them. */
import {
  body,
  count,
  errors,
  json,
  listOf,
  oneOf,
  type Paths,
  taskDocument,
  taskId,
  text,
  whole,
} from './parts.ts';

const strings = { anyOf: [text, listOf(text)] };

export const DROP_IN_PATHS: Paths = {
  '/flux/tasks': {
    post: {
      operationId: 'tasks',
      summary: 'Retrieve one task or many, list the history, or delete a task: the vendor’s own route',
      parameters: [
        {
          name: 'cache-control',
          in: 'header',
          schema: text,
          description: 'no-cache, max-age=N (in place of the pending TTL), only-if-cached',
        },
      ],
      requestBody: body({
        type: 'object',
        required: ['action'],
        properties: {
          action: oneOf('retrieve', 'retrieve_batch', 'delete'),
          id: taskId,
          ids: { ...listOf(taskId), maxItems: 1000 },
          user_id: strings,
          application_id: strings,
          type: strings,
          created_at_min: { type: 'number', description: 'epoch seconds' },
          created_at_max: { type: 'number', description: 'epoch seconds' },
          limit: whole(1, 1000, 20),
          offset: whole(0),
        },
      }),
      responses: {
        '200': json('a task document, or a list of them', {
          anyOf: [
            taskDocument,
            {
              type: 'object',
              properties: { items: listOf(taskDocument), count },
              required: ['items', 'count'],
            },
          ],
        }),
        ...errors(400, 401, 403, 404, 413, 429, 502, 503, 504),
      },
    },
  },
  '/flux/images': {
    post: {
      operationId: 'generate',
      summary: 'Generate an image: handed on to the upstream once, never retried',
      requestBody: body({
        type: 'object',
        properties: { action: text, prompt: text, model: text, size: text },
      }),
      responses: {
        '200': json('the upstream’s answer as it came', { type: 'object' }),
        ...errors(400, 401, 403, 413, 502, 503),
      },
    },
  },
  '/callbacks/{key}': {
    post: {
      operationId: 'callback',
      summary: 'The upstream says that a generation is done; the key is the password',
      parameters: [{ name: 'key', in: 'path', required: true, schema: text }],
      requestBody: body({ type: 'object' }),
      responses: {
        '200': json('taken', { type: 'object', properties: { success: { const: true } } }),
        ...errors(401, 403, 404, 413, 503),
      },
      security: [],
    },
  },
};
