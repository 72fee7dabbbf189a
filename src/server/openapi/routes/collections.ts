/** Collections: named, ordered lists of tasks, and their public links. */
import {
  collectionListSchema,
  collectionSchema,
  collectionTasksSchema,
  placementSchema,
  takingSchema,
} from '../../../views/collections-schema.ts';
import {
  collectionChangeSchema,
  linkChangeSchema,
  newCollectionSchema,
  runListSchema,
} from '../../collection-body.ts';
import { MAX_IDS } from '../../selection/selection.ts';
import {
  createArray,
  createEnum,
  createIfMatchParameter,
  createInteger,
  createPathParameter,
  createQueryParameter,
  describeBody,
  type RouteDescription,
  sha256,
  taskId,
  text,
} from '../components.ts';
import { SELECTION } from './selection.ts';

const id = createPathParameter('id', { type: 'string', format: 'uuid' });
const IF_MATCH = createIfMatchParameter('the collection');
const CHANGE_ERRORS = [400, 401, 403, 404, 412, 413, 503];

export const COLLECTION_ROUTES: readonly RouteDescription[] = [
  {
    path: '/api/collections',
    method: 'get',
    operationId: 'collections',
    summary: 'All collections, by name',
    parameters: [createQueryParameter('task', taskId, 'only those that have this task')],
    responses: { 200: { description: 'without their tasks', schema: collectionListSchema } },
    errors: [400, 401, 403, 503],
  },
  {
    path: '/api/collections',
    method: 'post',
    operationId: 'createCollection',
    summary: 'Create a collection',
    requestBody: describeBody(newCollectionSchema),
    responses: { 201: { description: 'the collection, which is empty', schema: collectionSchema } },
    errors: [400, 401, 403, 409, 413, 503],
  },
  {
    path: '/api/collections/{id}',
    method: 'get',
    operationId: 'collection',
    summary: 'One collection',
    parameters: [id],
    responses: {
      200: { description: 'the collection; ETag is for If-Match', schema: collectionSchema },
    },
    errors: [401, 403, 404, 503],
  },
  {
    path: '/api/collections/{id}',
    method: 'patch',
    operationId: 'changeCollection',
    summary: 'Change name, note or cover of a collection',
    parameters: [id, IF_MATCH],
    requestBody: describeBody(collectionChangeSchema),
    responses: { 200: { description: 'the collection after the change', schema: collectionSchema } },
    errors: [...CHANGE_ERRORS, 409],
  },
  {
    path: '/api/collections/{id}',
    method: 'delete',
    operationId: 'removeCollection',
    summary: 'Remove a collection; its tasks stay in the mirror',
    parameters: [id, IF_MATCH],
    responses: { 204: { description: 'it was removed, and its public link does not work any more' } },
    errors: [400, 401, 403, 404, 412, 503],
  },
  {
    path: '/api/collections/{id}/link',
    method: 'put',
    operationId: 'shareCollection',
    summary: 'Give a collection a public link, or change the one that it has',
    parameters: [id, IF_MATCH],
    requestBody: describeBody(linkChangeSchema),
    responses: { 200: { description: 'the collection, with its link', schema: collectionSchema } },
    errors: CHANGE_ERRORS,
  },
  {
    path: '/api/collections/{id}/link',
    method: 'delete',
    operationId: 'unshareCollection',
    summary: 'Revoke the public link of a collection',
    parameters: [id, IF_MATCH],
    responses: { 200: { description: 'the collection, without a link', schema: collectionSchema } },
    errors: [400, 401, 403, 404, 412, 503],
  },
  {
    path: '/api/collections/{id}/tasks',
    method: 'get',
    operationId: 'collectionTasks',
    summary: 'The tasks of a collection, in order',
    parameters: [
      id,
      createQueryParameter('limit', createInteger(1, 500, 100)),
      createQueryParameter('cursor', text, 'the next_cursor of the page before'),
      createQueryParameter('fields', createEnum('tile', 'all'), 'tile: what a wall shows of each'),
    ],
    responses: {
      200: { description: 'a page; ETag is that of the collection', schema: collectionTasksSchema },
    },
    errors: [400, 401, 403, 404, 503],
  },
  {
    path: '/api/collections/{id}/tasks',
    method: 'post',
    operationId: 'placeInCollection',
    summary: 'Add tasks to a collection, or move those that are in it',
    parameters: [id, IF_MATCH],
    requestBody: {
      type: 'object',
      properties: {
        ...SELECTION,
        cursor: { ...text, description: 'of a search: the next_cursor of the request before' },
        before: {
          type: ['string', 'null'],
          description:
            'the task of the collection before which they are placed, or null for the end; without it, those that are there stay',
        },
        runs: {
          ...describeBody(runListSchema),
          description:
            'instead of all others: tasks that are placed in several places, one after the other, all of them or none; the `before` of an answer',
        },
      },
    },
    responses: {
      200: { description: `of a search, at most ${MAX_IDS} tasks at once`, schema: placementSchema },
    },
    errors: [...CHANGE_ERRORS, 409],
  },
  {
    path: '/api/collections/{id}/remove',
    method: 'post',
    operationId: 'takeFromCollection',
    summary: 'Take tasks out of a collection; they stay in the mirror',
    parameters: [id, IF_MATCH],
    requestBody: { type: 'object', properties: { ids: createArray(taskId) }, required: ['ids'] },
    responses: { 200: { description: 'how many were taken out', schema: takingSchema } },
    errors: CHANGE_ERRORS,
  },
];

/** What needs no token but the key of the link. */
const KEY = createPathParameter('key', { type: 'string', minLength: 32, maxLength: 32 });

const sharedFile = {
  method: 'get',
  responses: {
    200: { description: 'the file', content: { 'image/*': {} } },
    206: { description: 'a range of it' },
    304: { description: 'not modified' },
    416: { description: 'no such range' },
  },
  errors: [404, 429],
  isOpen: true,
} as const;

export const SHARED_ROUTES: readonly RouteDescription[] = [
  {
    path: '/shared/{key}',
    method: 'get',
    operationId: 'sharedCollection',
    summary: 'The page of a public link: one collection, read-only',
    parameters: [
      KEY,
      createQueryParameter('after', createInteger(0), 'of the link to the next page'),
      createQueryParameter('number', createInteger(1), 'the same'),
    ],
    responses: {
      200: { description: 'a page', content: { 'text/html': {} } },
      404: { description: 'a page that says that there is no such link', content: { 'text/html': {} } },
    },
    errors: [400, 429, 503],
    isOpen: true,
  },
  {
    ...sharedFile,
    path: '/shared/{key}/images/{sha256}',
    operationId: 'sharedImage',
    summary: 'A picture or video of it; not if the link shows no prompts, as the file may hold them',
    parameters: [KEY, createPathParameter('sha256', sha256)],
  },
  {
    ...sharedFile,
    path: '/shared/{key}/thumbs/{sha256}',
    operationId: 'sharedThumbnail',
    summary: 'A thumbnail of it',
    parameters: [
      KEY,
      createPathParameter('sha256', sha256),
      createQueryParameter('w', createInteger(1, 10_000), 'pixels'),
    ],
    errors: [400, 404, 429],
  },
];
