/** Removes tasks from the mirror, including their images. */
import type { Store } from '../store/contract/store.ts';
import type { TaskId } from '../task/id.ts';

export interface RemoveDeps {
  readonly store: Pick<Store, 'removeMany'>;
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

/**
 * Removes documents, search rows, tracking, and images that no other task has, in one transaction. The bytes of the images are
 * removed later: see remove-unused.ts.
 */
export async function removeTasks({ store }: RemoveDeps, ids: readonly TaskId[]): Promise<RemovedTasks> {
  const removals = await store.removeMany(ids);
  return {
    unknown: ids.filter((_, at) => !removals[at]?.wasKnown),
    images: removals.reduce((sum, { orphans }) => sum + orphans.length, 0),
  };
}
