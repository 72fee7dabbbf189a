/** Removes a task from the mirror, including its images. */
import type { Store } from '../store/contract/store.ts';
import type { TaskId } from '../task/id.ts';
import type { ImageFiles } from './files.ts';

/** Removes the document, search row, tracking, and images that no other task has. @returns false if the task was unknown */
export async function removeTask(
  { store, files }: { store: Store; files: ImageFiles },
  id: TaskId,
): Promise<boolean> {
  const { wasKnown, orphans } = await store.remove(id);
  for (const image of orphans) {
    // The same image may just have been archived for another task.
    if ((await store.image(image.sha256)) === undefined) await files.remove(image);
  }
  return wasKnown;
}
