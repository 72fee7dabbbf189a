/** Answers `/api/wall/months`, `/api/wall/layout` and `/api/wall/place` as JSON texts. Runs on a search thread. */
import { createBadRequest } from '../../lib/api-error.ts';
import { measureSince } from '../../lib/elapsed.ts';
import { taskNotFound } from '../../mirror/visibility.ts';
import { parseMonth } from '../../search/dates.ts';
import type { Store } from '../../store/contract/store.ts';
import { parseTaskId } from '../../task/id.ts';
import { serializeLayout, serializeMonths, serializePlace } from '../../views/wall-json.ts';
import type { WallLayoutView, WallMonthsView, WallPlaceView } from '../../views/wall-schema.ts';
import { readChoiceParam } from '../query-params.ts';
import type { Target } from './search-answers.ts';
import { describeIndexGap } from './search-notes.ts';
import { readSearchTarget, TARGET_PARAMS } from './search-request.ts';

const WALL_PARAMS = ['q', ...TARGET_PARAMS, 'sort', 'group', 'match', 'partial'];
const SORTS = ['newest', 'oldest'] as const;
/** The largest page of a search. */
const SLICE_SIZE = 100;

/** @throws ApiError 400 */
export async function answerMonths(store: Pick<Store, 'histogram'>, target: Target): Promise<string> {
  const started = performance.now();
  const { search, query, timeZone } = readWallTarget(target, WALL_PARAMS);
  const histogram = await store.histogram({ ...search, by: 'month', timeZone });
  return JSON.stringify({
    ...serializeMonths(histogram, { sort: search.sort, timeZone }),
    notes: [...query.notes, ...describeIndexGap(histogram.indexedFromMs)],
    understood: query.understood,
    took_ms: measureSince(started),
  } satisfies WallMonthsView);
}

/** @throws ApiError 400 */
export async function answerLayout(store: Pick<Store, 'layout'>, target: Target): Promise<string> {
  const started = performance.now();
  const { search, query, timeZone } = readWallTarget(target, [...WALL_PARAMS, 'month']);
  const month = target.params.get('month') ?? '';
  const range = parseMonth(month, timeZone);
  if (!range) throw createBadRequest('"month" must be a month such as 2026-03');
  const layout = await store.layout({ ...search, month: range, sliceSize: SLICE_SIZE });
  return JSON.stringify({
    month,
    ...serializeLayout(layout),
    notes: [...query.notes, ...describeIndexGap(layout.indexedFromMs)],
    took_ms: measureSince(started),
  } satisfies WallLayoutView);
}

/** @throws ApiError 400; 404 when the task is not among the matches that the caller may see */
export async function answerPlace(store: Pick<Store, 'place'>, target: Target): Promise<string> {
  const started = performance.now();
  // Here the id is not a condition of the search.
  const params = new URLSearchParams(target.params);
  params.delete('id');
  const { search, query, timeZone } = readWallTarget({ ...target, params }, WALL_PARAMS);
  const id = parseTaskId(target.params.get('id'));
  if (id === undefined) throw createBadRequest('"id" must be the id of a task');
  const place = await store.place({ ...search, id, timeZone });
  if (!place) throw taskNotFound();
  return JSON.stringify({
    ...serializePlace(place, timeZone),
    notes: [...query.notes, ...describeIndexGap(place.indexedFromMs)],
    took_ms: measureSince(started),
  } satisfies WallPlaceView);
}

function readWallTarget({ params, limits, nowMs }: Target, known: readonly string[]) {
  const { query, filter, timeZone } = readSearchTarget(params, limits, nowMs, known);
  const [sort = 'newest'] = readChoiceParam(params, 'sort', SORTS);
  const [group] = readChoiceParam(params, 'group', ['prompt']);
  return { query, timeZone, search: { query, filter, sort, groupByPrompt: group === 'prompt' } };
}
