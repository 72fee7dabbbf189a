/** `/api/search`, `/api/facets` and `/api/suggest`. */
import { MATCH_MODES } from '../../../search/close/match-mode.ts';
import { FIELDS, type SearchField, TIME_BOUNDS } from '../../../search/fields.ts';
import { FACET_NAMES } from '../../../store/contract/search.ts';
import { promptListSchema } from '../../../views/prompts-schema.ts';
import { facetsAnswerSchema, searchAnswerSchema, suggestionsSchema } from '../../../views/search-schema.ts';
import {
  createEnum,
  createInteger,
  createQueryParameter,
  type RouteDescription,
  type Schema,
  text,
} from '../components.ts';

/** Parameters that restrict a search: free values first, then enumerated ones, then dates. */
export const FILTER_PARAMETERS = [
  ...TIME_BOUNDS.map(createFieldParameter),
  createQueryParameter('tz', text, 'IANA time zone in which dates are interpreted'),
  ...FIELDS.filter((field) => field.kind !== 'date' && field.kind !== 'enum').map(createFieldParameter),
  ...FIELDS.filter((field) => field.kind === 'enum').map(createFieldParameter),
  ...FIELDS.filter((field) => field.kind === 'date' && field.isOperator).map(createFieldParameter),
];

export const MATCH_MODE = { ...createEnum(...MATCH_MODES), default: 'exact' };

export const SEARCH_PARAMETERS = [
  createQueryParameter(
    'q',
    text,
    'words, "phrases", -not, OR, prefi*, operators such as model:flux-dev or before:2026-03, and ids, links and hashes of images',
  ),
  ...FILTER_PARAMETERS,
];

const SORT = createQueryParameter('sort', {
  ...createEnum('newest', 'oldest', 'relevance'),
  default: 'newest',
});

function createFieldParameter(field: SearchField): Schema {
  return createQueryParameter(
    field.name,
    field.kind === 'enum' ? createEnum(...field.values) : text,
    field.description,
  );
}

export const SEARCH_ROUTES: readonly RouteDescription[] = [
  {
    path: '/api/search',
    method: 'get',
    operationId: 'search',
    summary: 'Search the prompt history',
    parameters: [
      ...SEARCH_PARAMETERS,
      SORT,
      createQueryParameter('group', createEnum('prompt'), 'folds tasks of the same prompt into the newest'),
      createQueryParameter(
        'match',
        MATCH_MODE,
        'close: matches that lack a word, or have it in another spelling or form, follow the exact ones',
      ),
      createQueryParameter(
        'partial',
        createEnum('true', 'false'),
        'whether the last word is still being typed',
      ),
      createQueryParameter('limit', createInteger(1, 100, 20)),
      createQueryParameter('cursor', text, 'the next_cursor of the previous page'),
      createQueryParameter(
        'at',
        text,
        'a date at which the first page starts: with sort=newest tasks up to its end, with sort=oldest from its start on',
      ),
      createQueryParameter('fields', createEnum('tile'), 'tile: small items, for a wall of images'),
    ],
    responses: { 200: { description: 'a page of hits', schema: searchAnswerSchema } },
    errors: [400, 401, 403, 503],
  },
  {
    path: '/api/prompts',
    method: 'get',
    operationId: 'prompts',
    summary:
      'Search the prompts, each once: how often, when and with which models it was used, and what became best of it',
    parameters: [
      ...SEARCH_PARAMETERS,
      SORT,
      createQueryParameter('limit', createInteger(1, 100, 20)),
      createQueryParameter('cursor', text, 'the next_cursor of the previous page'),
      createQueryParameter('at', text, 'as of /api/search'),
    ],
    responses: { 200: { description: 'a page of prompts', schema: promptListSchema } },
    errors: [400, 401, 403, 503],
  },
  {
    path: '/api/facets',
    method: 'get',
    operationId: 'facets',
    summary: 'Count the matches by model, size, action, state and time',
    parameters: [
      ...SEARCH_PARAMETERS,
      createQueryParameter(
        'match',
        MATCH_MODE,
        'close: words such as "the" are not required, as in a search for close matches',
      ),
      createQueryParameter('by', { ...createEnum('day', 'month', 'year'), default: 'month' }),
      createQueryParameter(
        'only',
        createEnum(...FACET_NAMES),
        'the lists that are wanted, separated by commas; all without it',
      ),
    ],
    responses: { 200: { description: 'counts of all matches', schema: facetsAnswerSchema } },
    errors: [400, 401, 403, 503],
  },
  {
    path: '/api/suggest',
    method: 'get',
    operationId: 'suggest',
    summary: 'Complete the word being typed',
    parameters: [createQueryParameter('q', text), createQueryParameter('limit', createInteger(1, 50, 10))],
    responses: { 200: { description: 'words, most used first', schema: suggestionsSchema } },
    errors: [400, 401, 403],
  },
];
