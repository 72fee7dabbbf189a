/** The task in the path of a route that searches. Runs on a search thread. */
import { taskNotFound } from '../../mirror/visibility.ts';
import { createQuery } from '../../search/ast.ts';
import type { Store } from '../../store/contract/store.ts';
import type { StoredTask } from '../../store/contract/tasks.ts';
import type { TaskId } from '../../task/id.ts';
import type { TaskLimits } from '../../task/limits.ts';

/** Placeholder tasks too, and hidden ones. @throws ApiError 404 when there is no such task for the caller */
export async function findVisibleTask(
  store: Pick<Store, 'search'>,
  id: TaskId | undefined,
  { limits, nowMs }: { limits: TaskLimits | undefined; nowMs: number },
): Promise<StoredTask> {
  if (id === undefined) throw taskNotFound();
  const filter = { values: { id: [id] }, includesHidden: true, ...(limits ? { within: limits } : {}) };
  const page = await store.search({ query: createQuery([]), filter, sort: 'newest', limit: 1, nowMs });
  const [hit] = page.hits;
  if (!hit) throw taskNotFound();
  return hit.task;
}
