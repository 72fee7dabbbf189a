/** `/api/download` and `/api/forget`: what is done with a selection of tasks. */
import { forgetResultSchema } from '../../forget-schema.ts';
import { MAX_IDS } from '../../selection/selection.ts';
import {
  createArray,
  createEnum,
  createInteger,
  type RouteDescription,
  type Schema,
  taskId,
  text,
} from '../components.ts';
import { FILTER_PARAMETERS } from './search.ts';

/** The members of a request about a selection. */
export const SELECTION: Readonly<Record<string, Schema>> = {
  ids: {
    ...createArray(taskId),
    maxItems: MAX_IDS,
    description: 'the selected tasks; a form may repeat the field, or separate them by commas',
  },
  count: {
    ...createInteger(0),
    description:
      'instead of ids: how many tasks the search matches whose parameters (q, from, to, tz, state, model …) are the other fields; ' +
      'exact matches only. 409 `conflict` if it is another number',
  },
  except: {
    ...createArray(taskId),
    maxItems: MAX_IDS,
    description: 'with count: tasks that are left out although they match',
  },
  q: text,
  ...Object.fromEntries(FILTER_PARAMETERS.map(({ name, schema }) => [String(name), schema as Schema])),
};

export const SELECTION_ROUTES: readonly RouteDescription[] = [
  {
    path: '/api/download',
    method: 'post',
    operationId: 'download',
    summary: 'Tasks as one file',
    requestBody: {
      type: 'object',
      properties: {
        ...SELECTION,
        collection: {
          ...text,
          description: 'instead of ids: all tasks of the collection with this id, in order',
        },
        as: { ...createEnum('zip', 'jsonl', 'csv', 'marks'), default: 'zip' },
      },
    },
    acceptsForm: true,
    responses: {
      200: {
        description:
          'a zip of the archived images, the documents and `marks.jsonl`, with its length; or the documents as JSON Lines or CSV; ' +
          'or the marks of the tasks that have or had some, as JSON Lines',
        content: { 'application/zip': {}, 'application/x-ndjson': {}, 'text/csv': {} },
      },
    },
    errors: [400, 401, 403, 404, 409, 413, 415, 503],
  },
  {
    path: '/api/forget',
    method: 'post',
    operationId: 'forget',
    summary: 'Remove tasks from this mirror; the upstream is not asked',
    requestBody: { type: 'object', properties: SELECTION },
    acceptsForm: true,
    responses: {
      200: {
        description: `how many were removed: of a search, at most ${MAX_IDS} at once`,
        schema: forgetResultSchema,
      },
    },
    errors: [400, 401, 403, 409, 413, 415, 503],
  },
];
