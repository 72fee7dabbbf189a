/** Answers `/api/tasks/:id/details` and `/api/tasks/:id/same` as JSON texts. Runs on a search thread. */
import { taskNotFound } from '../../mirror/visibility.ts';
import { createQuery } from '../../search/ast.ts';
import type { Store } from '../../store/contract/store.ts';
import { serializeHits } from '../../views/search-hit.ts';
import { serializeDetails, type TaskDetailsView } from '../../views/task-details.ts';
import { readIntegerParam } from '../query-params.ts';
import type { Target } from './search-answers.ts';
import { readSearchTarget } from './search-request.ts';

const MAX_SAME = 100;

/** Placeholder tasks too. @throws ApiError 404 when there is no such task for the caller */
export async function answerDetails(
  store: Store,
  { id, params, limits, nowMs, basePath }: Target,
): Promise<string> {
  const filter = { values: { id: id === undefined ? [] : [id] }, ...(limits ? { within: limits } : {}) };
  const page = await store.search({ query: createQuery([]), filter, sort: 'newest', limit: 1, nowMs });
  const [hit] = page.hits;
  if (id === undefined || !hit) throw taskNotFound();
  // What the search highlights in its results is highlighted here as well.
  const { query } = readSearchTarget(params, limits, nowMs, ['q', 'tz']);
  const details = await serializeDetails(store, hit, { query, basePath, within: limits });
  if (!details) throw taskNotFound();
  return JSON.stringify(details satisfies TaskDetailsView);
}

/** @throws ApiError 400; 404 when there is no such task for the caller */
export async function answerSame(store: Store, { id, params, limits, basePath }: Target): Promise<string> {
  const limit = readIntegerParam(params, 'limit', { min: 1, max: MAX_SAME, fallback: 20 });
  const found = id && (await store.findSamePrompt({ id, limit, within: limits }));
  if (!found) throw taskNotFound();
  const items = await serializeHits(store, found.hits, createQuery([]), basePath);
  return JSON.stringify({ items, count: found.count });
}
