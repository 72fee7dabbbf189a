/** `/api/tasks` and `/api/tracked`. */
import { editChainSchema, promptEditsSchema } from '../../../views/prompts-schema.ts';
import { samePromptSchema, similarAnswerSchema } from '../../../views/search-schema.ts';
import { taskDetailsSchema } from '../../../views/task-details.ts';
import { trackedListSchema, trackResultSchema, untrackResultSchema } from '../../../views/tracked-schema.ts';
import {
  createArray,
  createEnum,
  createInteger,
  createPathParameter,
  createQueryParameter,
  type RouteDescription,
  taskId,
  text,
} from '../components.ts';
import { taskDocumentSchema } from '../upstream-schemas.ts';
import { FILTER_PARAMETERS } from './search.ts';

export const TASK_ROUTES: readonly RouteDescription[] = [
  {
    path: '/api/tasks/{id}',
    method: 'get',
    operationId: 'task',
    summary: 'One stored document',
    parameters: [createPathParameter('id', taskId)],
    responses: {
      200: { description: 'the document', schema: taskDocumentSchema },
      304: { description: 'not modified' },
    },
    errors: [400, 401, 403, 404, 409],
  },
  {
    path: '/api/tasks/{id}/refresh',
    method: 'post',
    operationId: 'refresh',
    summary: 'Fetch an unfinished or unknown task now',
    parameters: [createPathParameter('id', taskId)],
    responses: { 200: { description: 'the document', schema: taskDocumentSchema } },
    errors: [400, 401, 403, 404, 409, 429, 502, 503, 504],
  },
  {
    path: '/api/tasks/{id}/similar',
    method: 'get',
    operationId: 'similar',
    summary: 'Find the tasks whose prompts are similar',
    parameters: [
      createPathParameter('id', taskId),
      ...FILTER_PARAMETERS,
      createQueryParameter(
        'group',
        { ...createEnum('prompt', 'none'), default: 'prompt' },
        'folds tasks of the same prompt into the newest, or lists each',
      ),
      createQueryParameter('limit', createInteger(1, 100, 20)),
      createQueryParameter('fields', createEnum('tile'), 'tile: small items, for a wall of images'),
    ],
    responses: { 200: { description: 'the most similar first', schema: similarAnswerSchema } },
    errors: [400, 401, 403, 404, 409, 503],
  },
  {
    path: '/api/tasks/{id}/same',
    method: 'get',
    operationId: 'same',
    summary: 'Find the other tasks with the very same prompt',
    parameters: [createPathParameter('id', taskId), createQueryParameter('limit', createInteger(1, 100, 20))],
    responses: { 200: { description: 'the newest first', schema: samePromptSchema } },
    errors: [400, 401, 403, 404, 409, 503],
  },
  {
    path: '/api/tasks/{id}/edits',
    method: 'get',
    operationId: 'edits',
    summary: 'Which prompt this one comes from, and which come from it, with what was changed',
    parameters: [createPathParameter('id', taskId)],
    responses: { 200: { description: 'one level of the tree of edits', schema: promptEditsSchema } },
    errors: [400, 401, 403, 404, 409, 503],
  },
  {
    path: '/api/tasks/{id}/chain',
    method: 'get',
    operationId: 'chain',
    summary: 'The tasks whose pictures a task was given, and those that were given one of it',
    parameters: [createPathParameter('id', taskId)],
    responses: { 200: { description: 'one level of the chain', schema: editChainSchema } },
    errors: [400, 401, 403, 404, 409, 503],
  },
  {
    path: '/api/tasks/{id}/details',
    method: 'get',
    operationId: 'details',
    summary: 'Everything that is known about a task, as the pages show it',
    parameters: [
      createPathParameter('id', taskId),
      createQueryParameter('q', text, 'a search whose words are highlighted in the prompt'),
      createQueryParameter('tz', text, 'time zone of dates in q'),
    ],
    responses: { 200: { description: 'the task', schema: taskDetailsSchema } },
    errors: [400, 401, 403, 404, 409, 503],
  },
  {
    path: '/api/tracked',
    method: 'get',
    operationId: 'tracked',
    summary: 'The ids checked by the schedule',
    parameters: [
      createQueryParameter('limit', createInteger(1, 1000, 100)),
      createQueryParameter('offset', createInteger(0, undefined, 0)),
    ],
    responses: { 200: { description: 'a page of ids, due first', schema: trackedListSchema } },
    errors: [400, 401, 403],
  },
  {
    path: '/api/tracked',
    method: 'post',
    operationId: 'track',
    summary: 'Track ids',
    requestBody: {
      type: 'object',
      properties: { ids: { ...createArray(taskId), maxItems: 1000 } },
      required: ['ids'],
    },
    responses: { 200: { description: 'how many ids were added', schema: trackResultSchema } },
    errors: [400, 401, 403, 413, 503],
  },
  {
    path: '/api/tracked/{id}',
    method: 'delete',
    operationId: 'untrack',
    summary: 'Stop refreshing an id; its document is kept',
    parameters: [createPathParameter('id', taskId)],
    responses: { 200: { description: 'done', schema: untrackResultSchema } },
    errors: [400, 401, 403, 404, 409, 503],
  },
];
