/** A selection that is a collection: all of its tasks, in order. */
import { createBadRequest } from '../../lib/api-error.ts';
import { MAX_COLLECTION_TASKS } from '../../store/contract/collections.ts';
import type { Store } from '../../store/contract/store.ts';
import type { TaskLimits } from '../../task/limits.ts';
import { createCollectionNotFound } from '../collection-not-found.ts';
import { type IdSelection, refuseOthers } from './selection.ts';

/**
 * @param known other fields of the route
 * @returns undefined if the fields name no collection
 * @throws ApiError 400 beside other fields that select, 404
 */
export async function readCollectionSelection(
  fields: URLSearchParams,
  known: readonly string[],
  { store, limits }: { store: Store; limits: TaskLimits | undefined },
): Promise<IdSelection | undefined> {
  if (!fields.has('collection')) return undefined;
  refuseOthers(fields, ['collection', ...known]);
  const [id = '', ...others] = fields.getAll('collection');
  if (others.length > 0) throw createBadRequest('"collection" must be the id of one collection');
  const collection = await store.collection(id, limits);
  if (!collection) throw createCollectionNotFound();
  const places = await store.collectionTasks(collection.id, undefined, MAX_COLLECTION_TASKS);
  return { kind: 'ids', ids: places.map((place) => place.id), collection };
}
