/** Marks of tasks: star, rating, tags, note, hidden. */
import { markResultSchema, tagListSchema, taskMarksSchema } from '../../../views/marks-schema.ts';
import { markChangeSchema } from '../../mark-body.ts';
import { MAX_IDS } from '../../selection/selection.ts';
import {
  createArray,
  createIfMatchParameter,
  createInteger,
  createPathParameter,
  createQueryParameter,
  describeBody,
  type RouteDescription,
  taskId,
  text,
} from '../components.ts';
import { SELECTION } from './selection.ts';

const markChange = describeBody(markChangeSchema);

export const MARK_ROUTES: readonly RouteDescription[] = [
  {
    path: '/api/tasks/{id}/marks',
    method: 'get',
    operationId: 'marks',
    summary: 'Star, rating, tags and note of a task, and whether it is hidden',
    parameters: [createPathParameter('id', taskId)],
    responses: {
      200: { description: 'the marks; ETag is for If-Match', schema: taskMarksSchema },
      304: { description: 'not modified' },
    },
    errors: [400, 401, 403, 404, 409],
  },
  {
    path: '/api/tasks/{id}/marks',
    method: 'patch',
    operationId: 'mark',
    summary: 'Change some marks of a task; the others stay as they are',
    parameters: [createPathParameter('id', taskId), createIfMatchParameter('the marks')],
    requestBody: markChange,
    responses: { 200: { description: 'the marks after the change', schema: taskMarksSchema } },
    errors: [400, 401, 403, 404, 409, 412, 413, 503],
  },
  {
    path: '/api/marks',
    method: 'post',
    operationId: 'markMany',
    summary: 'Change marks of many tasks',
    requestBody: {
      type: 'object',
      properties: {
        ...SELECTION,
        cursor: { ...text, description: 'of a search: the next_cursor of the request before' },
        marks: { ...markChange, description: 'what is changed of each task of the selection' },
        items: {
          ...createArray({
            type: 'object',
            properties: { id: taskId, ids: createArray(taskId), marks: markChange },
            required: ['marks'],
          }),
          maxItems: MAX_IDS,
          description:
            'instead of a selection and marks: tasks with their own marks; each task once, and a body has at most 1 MiB',
        },
      },
    },
    responses: {
      200: {
        description: `how many were changed: of a search, at most ${MAX_IDS} at once`,
        schema: markResultSchema,
      },
    },
    errors: [400, 401, 403, 409, 413, 415, 503],
  },
  {
    path: '/api/tags',
    method: 'get',
    operationId: 'tags',
    summary: 'The most used tags',
    parameters: [
      createQueryParameter('prefix', text, 'only tags that begin so'),
      createQueryParameter('limit', createInteger(1, 1000, 100)),
    ],
    responses: { 200: { description: 'without hidden tasks', schema: tagListSchema } },
    errors: [400, 401, 403, 503],
  },
];
