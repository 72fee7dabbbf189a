/** Answers `/api/search`, `/api/facets`, `/api/suggest` and `/api/tracked` as JSON texts. Runs on a search thread. */
import { measureSince } from '../../lib/elapsed.ts';
import { encodeCursor } from '../../search/cursor.ts';
import { findLastWord } from '../../search/last-word.ts';
import { FACET_NAMES } from '../../store/contract/search.ts';
import type { Store } from '../../store/contract/store.ts';
import type { TaskId } from '../../task/id.ts';
import type { TaskLimits } from '../../task/limits.ts';
import { foldTagPrefix } from '../../task/marks.ts';
import { findAlternatives } from '../../views/alternatives.ts';
import { serializeFacets } from '../../views/facets-json.ts';
import type { TagList } from '../../views/marks-schema.ts';
import { serializeHits } from '../../views/search-hit.ts';
import type {
  FacetsAnswer,
  SearchAlternatives,
  SearchAnswer,
  Suggestions,
} from '../../views/search-schema.ts';
import { serializeTiles } from '../../views/tile-json.ts';
import { serializeTrackedId } from '../../views/tracked-json.ts';
import type { TrackedList } from '../../views/tracked-schema.ts';
import { readChoiceParam, readIntegerParam } from '../query-params.ts';
import { readPageStart } from './page-start.ts';
import { describeCloseHits, describeIndexGap, describeShortPage } from './search-notes.ts';
import { readSearchTarget, TARGET_PARAMS } from './search-request.ts';

const SEARCH_PARAMS = [
  'q',
  ...TARGET_PARAMS,
  'sort',
  'group',
  'match',
  'partial',
  'cursor',
  'limit',
  'at',
  'fields',
];
const FACET_PARAMS = ['q', ...TARGET_PARAMS, 'match', 'by', 'only'];
const SORTS = ['newest', 'oldest', 'relevance'] as const;
const UNITS = ['day', 'month', 'year'] as const;
const NO_ALTERNATIVES: SearchAlternatives = { did_you_mean: [], without: [], values: [] };
const MAX_LIMIT = 100;
const MAX_SUGGESTIONS = 50;

/** What to search for, and among whose tasks. */
export interface Target {
  /** The task in the path of a route that has one. */
  readonly id?: TaskId;
  readonly params: URLSearchParams;
  readonly limits: TaskLimits | undefined;
  readonly nowMs: number;
  /** As in the settings. */
  readonly basePath: string;
}

/** @throws ApiError 400 */
export async function answerSearch(
  store: Store,
  { params, limits, nowMs, basePath }: Target,
): Promise<string> {
  const started = performance.now();
  const { query, optional, filter, match, parse, timeZone } = readSearchTarget(
    params,
    limits,
    nowMs,
    SEARCH_PARAMS,
  );
  const [sort = 'newest'] = readChoiceParam(params, 'sort', SORTS);
  const [group] = readChoiceParam(params, 'group', ['prompt']);
  const [fields] = readChoiceParam(params, 'fields', ['tile']);
  const { after, isFirst, notes } = readPageStart(params, sort, { timeZone, nowMs });
  const limit = readIntegerParam(params, 'limit', { min: 1, max: MAX_LIMIT, fallback: 20 });
  const page = await store.search({
    query,
    filter,
    sort,
    limit,
    groupByPrompt: group === 'prompt',
    match,
    nowMs,
    ...(after ? { after } : {}),
  });
  const alternatives = isFirst
    ? await findAlternatives(store, {
        ...{ query, filter, nowMs, parse, isEmpty: page.total === 0, started },
        ...(match === 'close' ? { closeHits: page.hits } : {}),
      })
    : NO_ALTERNATIVES;
  return JSON.stringify({
    items:
      fields === 'tile'
        ? await serializeTiles(store, page.hits, query)
        : await serializeHits(store, page.hits, query, basePath),
    next_cursor: page.next ? encodeCursor(page.next) : null,
    total: page.total,
    total_is_exact: page.totalIsExact,
    ranked: page.ranked ?? null,
    optional_words: [...optional],
    close_total: page.closeRanking?.total ?? null,
    notes: [
      ...query.notes,
      ...notes,
      ...describeIndexGap(page.indexedFromMs),
      ...describeShortPage(page, limit),
      ...(sort === 'relevance' ? [] : describeCloseHits(page)),
    ],
    understood: query.understood,
    ...alternatives,
    took_ms: measureSince(started),
  } satisfies SearchAnswer);
}

/** @throws ApiError 400 */
export async function answerFacets(store: Store, { params, limits, nowMs }: Target): Promise<string> {
  const started = performance.now();
  const { query, filter, timeZone } = readSearchTarget(params, limits, nowMs, FACET_PARAMS);
  const [by = 'month'] = readChoiceParam(params, 'by', UNITS);
  const asked = readChoiceParam(params, 'only', FACET_NAMES);
  const only = asked.length === 0 ? FACET_NAMES : asked;
  const facets = await store.facets({ query, filter, by, timeZone, only });
  return JSON.stringify({
    ...serializeFacets(facets, { only, by, timeZone }),
    notes: [...query.notes],
    understood: query.understood,
    took_ms: measureSince(started),
  } satisfies FacetsAnswer);
}

/** @throws ApiError 400 */
export async function answerSuggest(
  store: Pick<Store, 'suggest'>,
  { params, limits }: Pick<Target, 'params' | 'limits'>,
): Promise<string> {
  const text = params.get('q') ?? '';
  const limit = readIntegerParam(params, 'limit', { min: 1, max: MAX_SUGGESTIONS, fallback: 10 });
  const last = findLastWord(text);
  const words = last ? await store.suggest(last.word, limit, limits) : [];
  return JSON.stringify({
    items: words.map(({ word, uses }) => ({ word, uses, query: `${text.slice(0, last?.start)}${word}` })),
  } satisfies Suggestions);
}

/** @throws ApiError 400 */
export async function answerTags(
  store: Pick<Store, 'tags'>,
  { params, limits }: Pick<Target, 'params' | 'limits'>,
): Promise<string> {
  const limit = readIntegerParam(params, 'limit', { min: 1, max: 1000, fallback: 100 });
  const items = await store.tags({
    prefix: foldTagPrefix(params.get('prefix') ?? ''),
    limit,
    within: limits,
  });
  return JSON.stringify({ items } satisfies TagList);
}

/** @throws ApiError 400 */
export async function answerTracked(
  store: Pick<Store, 'tracked'>,
  { params, limits }: Pick<Target, 'params' | 'limits'>,
): Promise<string> {
  const limit = readIntegerParam(params, 'limit', { min: 1, max: 1000, fallback: 100 });
  const offset = readIntegerParam(params, 'offset', { min: 0, max: Number.MAX_SAFE_INTEGER, fallback: 0 });
  const { items, total } = await store.tracked({ limit, offset, within: limits });
  return JSON.stringify({ items: items.map(serializeTrackedId), total } satisfies TrackedList);
}
