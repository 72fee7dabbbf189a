/** `/api/wall`: what a page needs to show all hits before it has loaded them. */
import { wallLayoutSchema, wallMonthsSchema, wallPlaceSchema } from '../../../views/wall-schema.ts';
import { createEnum, createQueryParameter, type RouteDescription, taskId, text } from '../components.ts';
import { MATCH_MODE, SEARCH_PARAMETERS } from './search.ts';

const WALL_PARAMETERS = [
  ...SEARCH_PARAMETERS,
  createQueryParameter('sort', { ...createEnum('newest', 'oldest'), default: 'newest' }),
  createQueryParameter(
    'group',
    createEnum('prompt'),
    'folds tasks of the same prompt into the newest, in its month',
  ),
  createQueryParameter(
    'match',
    MATCH_MODE,
    'close: words such as "the" are not required; only exact matches count',
  ),
];

export const WALL_ROUTES: readonly RouteDescription[] = [
  {
    path: '/api/wall/months',
    method: 'get',
    operationId: 'wallMonths',
    summary: 'Count the matches of each month',
    parameters: WALL_PARAMETERS,
    responses: { 200: { description: 'the months that have matches', schema: wallMonthsSchema } },
    errors: [400, 401, 403, 503],
  },
  {
    path: '/api/wall/layout',
    method: 'get',
    operationId: 'wallLayout',
    summary: 'The shapes and states of all matches of a month, in the order of a search',
    parameters: [
      { ...createQueryParameter('month', { ...text, pattern: '^\\d{4}-\\d{2}$' }), required: true },
      ...WALL_PARAMETERS,
    ],
    responses: { 200: { description: 'a few bytes for each match', schema: wallLayoutSchema } },
    errors: [400, 401, 403, 503],
  },
  {
    path: '/api/wall/place',
    method: 'get',
    operationId: 'wallPlace',
    summary: 'Where a task is among the matches',
    parameters: [
      { ...createQueryParameter('id', taskId), required: true },
      ...WALL_PARAMETERS.filter(({ name }) => name !== 'id'),
    ],
    responses: { 200: { description: 'its month and index, and its neighbours', schema: wallPlaceSchema } },
    errors: [400, 401, 403, 404, 503],
  },
];
