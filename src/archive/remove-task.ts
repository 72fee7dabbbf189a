/** Removes tasks from the mirror, including their images. */
import type { Store } from '../store/contract/store.ts';
import type { TaskId } from '../task/id.ts';
import type { ImageStorage } from './image-storage.ts';

export interface RemoveDeps {
  readonly store: Pick<Store, 'removeMany' | 'image'>;
  readonly files: Pick<ImageStorage, 'remove'>;
}

export interface RemovedTasks {
  /** Of which nothing was stored or tracked. */
  readonly unknown: readonly TaskId[];
  /** How many images no other task had. */
  readonly images: number;
}

/** Removes a task. @returns false if it was unknown */
export async function removeTask(deps: RemoveDeps, id: TaskId): Promise<boolean> {
  return (await removeTasks(deps, [id])).unknown.length === 0;
}

/** Removes documents, search rows, tracking, and images that no other task has, in one transaction. */
export async function removeTasks(
  { store, files }: RemoveDeps,
  ids: readonly TaskId[],
): Promise<RemovedTasks> {
  const removals = await store.removeMany(ids);
  let images = 0;
  for (const image of removals.flatMap(({ orphans }) => orphans)) {
    // The same image may just have been archived for another task.
    if ((await store.image(image.sha256)) !== undefined) continue;
    await files.remove(image);
    images += 1;
  }
  return { unknown: ids.filter((_, at) => !removals[at]?.wasKnown), images };
}
