/** Answers the routes below `/api/tasks/:id` that search, as JSON texts. Runs on a search thread. */
import { measureSince } from '../../lib/elapsed.ts';
import { taskNotFound } from '../../mirror/visibility.ts';
import { createQuery } from '../../search/ast.ts';
import type { Store } from '../../store/contract/store.ts';
import { serializeSimilarHits } from '../../views/search-hit.ts';
import type { SamePromptView, SimilarAnswer } from '../../views/search-schema.ts';
import { serializeDetails, type TaskDetailsView } from '../../views/task-details.ts';
import { serializeTiles } from '../../views/tile-json.ts';
import { readChoiceParam, readIntegerParam } from '../query-params.ts';
import type { Target } from './search-answers.ts';
import { describeIndexGap, describeShortList } from './search-notes.ts';
import { readSearchTarget, TARGET_PARAMS } from './search-request.ts';
import { findVisibleTask } from './visible-task.ts';

const SIMILAR_PARAMS = [...TARGET_PARAMS, 'group', 'limit', 'fields'];
const MAX_LIMIT = 100;

/** @throws ApiError 400; 404 when there is no such task for the caller */
export async function answerSimilar(
  store: Store,
  { id, params, limits, nowMs, basePath }: Target,
): Promise<string> {
  const started = performance.now();
  const { query, filter } = readSearchTarget(params, limits, nowMs, SIMILAR_PARAMS);
  const [group = 'prompt'] = readChoiceParam(params, 'group', ['prompt', 'none']);
  const limit = readIntegerParam(params, 'limit', { min: 1, max: MAX_LIMIT, fallback: 20 });
  const [fields] = readChoiceParam(params, 'fields', ['tile']);
  const groupByPrompt = group === 'prompt';
  const found = id && (await store.findSimilar({ id, query, filter, limit, groupByPrompt }));
  if (!found) throw taskNotFound();
  const { hits, weighed, isCutShort, indexedFromMs } = found;
  const rest = {
    weighed,
    notes: [
      ...query.notes,
      ...describeIndexGap(indexedFromMs),
      ...(isCutShort ? [describeShortList(hits.length, limit)] : []),
    ],
    took_ms: measureSince(started),
  };
  const answer: SimilarAnswer =
    fields === 'tile'
      ? { items: await serializeTiles(store, hits, createQuery([])), ...rest }
      : { items: await serializeSimilarHits(store, hits, basePath), ...rest };
  return JSON.stringify(answer);
}

/** Placeholder tasks too. @throws ApiError 404 when there is no such task for the caller */
export async function answerDetails(
  store: Store,
  { id, params, limits, nowMs, basePath }: Target,
): Promise<string> {
  const task = await findVisibleTask(store, id, { limits, nowMs });
  // What a search highlights in its results is highlighted here as well.
  const { query } = readSearchTarget(params, limits, nowMs, ['q', 'tz']);
  const details = await serializeDetails(store, { task }, { query, basePath, within: limits });
  return JSON.stringify(details satisfies TaskDetailsView);
}

/** @throws ApiError 400; 404 when there is no such task for the caller */
export async function answerSame(store: Store, { id, params, limits }: Target): Promise<string> {
  const started = performance.now();
  const limit = readIntegerParam(params, 'limit', { min: 1, max: MAX_LIMIT, fallback: 20 });
  const found = id && (await store.findSamePrompt({ id, limit, within: limits }));
  if (!found) throw taskNotFound();
  return JSON.stringify({
    items: await serializeTiles(store, found.hits, createQuery([])),
    count: found.count,
    took_ms: measureSince(started),
  } satisfies SamePromptView);
}
