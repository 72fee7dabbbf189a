/** `/api/search`, `/api/facets` and `/api/suggest`. */
import { facetsAnswerSchema, searchPageSchema, suggestionsSchema } from '../../../views/search-schema.ts';
import { oneOf, query, type RouteDescription, text, whole } from '../parts.ts';

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

export const SEARCH_ROUTES: readonly RouteDescription[] = [
  {
    path: '/api/search',
    method: 'get',
    operationId: 'search',
    summary: 'Search the prompt history',
    parameters: [
      ...searchTarget,
      query('sort', { ...oneOf('newest', 'oldest', 'relevance'), default: 'newest' }),
      query('group', oneOf('prompt'), 'folds tasks of the same prompt into the newest'),
      query('limit', whole(1, 100, 20)),
      query('cursor', text, 'the next_cursor of the page before'),
    ],
    responses: { 200: { description: 'a page of hits', schema: searchPageSchema } },
    errors: [400, 401, 403, 503],
  },
  {
    path: '/api/facets',
    method: 'get',
    operationId: 'facets',
    summary: 'Count the matches by model, size, action, state and time',
    parameters: [...searchTarget, query('by', { ...oneOf('day', 'month', 'year'), default: 'month' })],
    responses: { 200: { description: 'counts of all matches', schema: facetsAnswerSchema } },
    errors: [400, 401, 403, 503],
  },
  {
    path: '/api/suggest',
    method: 'get',
    operationId: 'suggest',
    summary: 'Complete the word that is being typed',
    parameters: [query('q', text), query('limit', whole(1, 50, 10))],
    responses: { 200: { description: 'words, most used first', schema: suggestionsSchema } },
    errors: [400, 401, 403],
  },
];
