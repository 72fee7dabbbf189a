/** Which collections `flux-mirror export` writes: all of the mirror. */
import { type ArchivedCollection, MAX_COLLECTION_TASKS } from '../store/contract/collections.ts';
import type { Store } from '../store/contract/store.ts';

/** In pages of one: each may be large. */
export async function* streamCollections(
  store: Pick<Store, 'collections' | 'collectionTasks'>,
): AsyncGenerator<ArchivedCollection[]> {
  for (const { id, name, note, limits, cover, changedAtMs } of await store.collections(undefined)) {
    const places = await store.collectionTasks(id, undefined, MAX_COLLECTION_TASKS);
    const tasks = places.map((place) => place.id);
    // It may have been taken away since the collection was read.
    const isThere = cover !== undefined && tasks.includes(cover);
    yield [{ name, note, limits, cover: isThere ? cover : undefined, tasks, changedAtMs }];
  }
}
