/** Finds the marks of tasks by their ids. */
import type { TaskId } from '../../task/id.ts';
import type { TaskMarks } from './marks.ts';
import type { Store } from './store.ts';

/** The marks of the tasks that have or had some. */
export async function readMarksById(
  store: Pick<Store, 'marksOf'>,
  ids: readonly TaskId[],
): Promise<ReadonlyMap<TaskId, TaskMarks>> {
  return new Map((await store.marksOf(ids)).map((marks) => [marks.id, marks]));
}
