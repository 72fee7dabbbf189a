/** Saved searches and their feeds. */
import {
  savedSearchListSchema,
  savedSearchRemovalSchema,
  savedSearchSchema,
  savedSearchVisitSchema,
} from '../../../views/saved-schema.ts';
import { newSavedSearchSchema, savedSearchChangeSchema } from '../../saved-body.ts';
import {
  createIfMatchParameter,
  createInteger,
  createPathParameter,
  createQueryParameter,
  describeBody,
  type RouteDescription,
  sha256,
  text,
} from '../components.ts';

const id = createPathParameter('id', { type: 'string', format: 'uuid' });
const ifMatch = createIfMatchParameter('the saved search');
const key = { ...createQueryParameter('key', text, 'the key of the feed'), required: true };

export const SAVED_ROUTES: readonly RouteDescription[] = [
  {
    path: '/api/saved',
    method: 'get',
    operationId: 'savedSearches',
    summary: 'The saved searches, and how much is new in each',
    responses: { 200: { description: 'in the order of their names', schema: savedSearchListSchema } },
    errors: [401, 403, 503],
  },
  {
    path: '/api/saved',
    method: 'post',
    operationId: 'saveSearch',
    summary: 'Save a search under a name; it finds what the token may see',
    requestBody: describeBody(newSavedSearchSchema),
    responses: { 201: { description: 'saved', schema: savedSearchSchema } },
    errors: [400, 401, 403, 409, 413, 415, 503],
  },
  {
    path: '/api/saved/{id}',
    method: 'get',
    operationId: 'savedSearch',
    summary: 'A saved search',
    parameters: [id],
    responses: { 200: { description: 'ETag is for If-Match', schema: savedSearchSchema } },
    errors: [401, 403, 404],
  },
  {
    path: '/api/saved/{id}',
    method: 'patch',
    operationId: 'changeSavedSearch',
    summary: 'Change the name, the query or the time zone; the others stay as they are',
    parameters: [id, ifMatch],
    requestBody: describeBody(savedSearchChangeSchema),
    responses: { 200: { description: 'changed', schema: savedSearchSchema } },
    errors: [400, 401, 403, 404, 409, 412, 413, 415, 503],
  },
  {
    path: '/api/saved/{id}',
    method: 'delete',
    operationId: 'removeSavedSearch',
    summary: 'Remove a saved search and its feed',
    parameters: [id],
    responses: { 200: { description: 'removed', schema: savedSearchRemovalSchema } },
    errors: [401, 403, 404, 503],
  },
  {
    path: '/api/saved/{id}/feed',
    method: 'post',
    operationId: 'openFeed',
    summary: 'Give the saved search a feed, or its feed a new key: the earlier one is revoked',
    parameters: [id, ifMatch],
    responses: { 200: { description: 'with the addresses of the feed', schema: savedSearchSchema } },
    errors: [400, 401, 403, 404, 412, 503],
  },
  {
    path: '/api/saved/{id}/feed',
    method: 'delete',
    operationId: 'closeFeed',
    summary: 'Revoke the key of the feed',
    parameters: [id, ifMatch],
    responses: { 200: { description: 'without a feed', schema: savedSearchSchema } },
    errors: [400, 401, 403, 404, 412, 503],
  },
  {
    path: '/api/saved/{id}/visit',
    method: 'post',
    operationId: 'visitSavedSearch',
    summary: 'Record that its hits were seen: what is created from now on is new',
    parameters: [id],
    responses: { 200: { description: 'recorded', schema: savedSearchVisitSchema } },
    errors: [401, 403, 404, 503],
  },
  {
    path: '/feeds/{file}',
    method: 'get',
    operationId: 'feed',
    summary: 'The feed of a saved search: NAME.atom or NAME.json; the key decides which',
    parameters: [createPathParameter('file', text), key],
    responses: {
      200: {
        description: 'its 50 newest hits; of the succeeded tasks, unless the query names states',
        content: { 'application/atom+xml': {}, 'application/feed+json': {} },
      },
      304: { description: 'not modified' },
    },
    errors: [403, 404, 429, 503],
    isOpen: true,
  },
  {
    path: '/feeds/images/{sha256}',
    method: 'get',
    operationId: 'feedImage',
    summary: 'An archived picture of a task that is in the feed',
    parameters: [
      createPathParameter('sha256', sha256),
      key,
      createQueryParameter('w', createInteger(0, 10_000, 0), 'width of a thumbnail; 0: the file itself'),
    ],
    responses: {
      200: { description: 'the picture', content: { 'image/*': {}, 'video/*': {} } },
      206: { description: 'a part of it', content: { 'image/*': {}, 'video/*': {} } },
      304: { description: 'not modified' },
    },
    errors: [400, 403, 404, 416, 429, 503],
    isOpen: true,
  },
];
