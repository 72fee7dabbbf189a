/** Finds the task that a caller means by an id, or by the beginning of one: only among those that it may see. */
import { ApiError } from '../lib/api-error.ts';
import type { Caller } from '../mirror/deps.ts';
import { maySee } from '../mirror/visibility.ts';
import { describeAmbiguity, resolveTaskId } from '../store/contract/resolve-id.ts';
import type { Store } from '../store/contract/store.ts';
import type { StoredTask } from '../store/contract/tasks.ts';
import type { TaskId } from '../task/id.ts';

type Limited = Pick<Caller, 'limits'>;

/** @throws ApiError 409 if several tasks begin like this */
export async function findTask(store: Store, id: TaskId, caller: Limited): Promise<StoredTask | undefined> {
  // The whole id of another user's task must not hide an own one that begins with it.
  const task = await store.get((await findId(store, id, caller)) ?? id);
  return task && maySee(caller, task) ? task : undefined;
}

/**
 * The id of the stored document that begins with this. Only documents that the caller may see count, or answers would tell what others
 * have. @throws ApiError 409 if there are several
 */
export async function findId(
  store: Store,
  given: string,
  { limits }: Limited,
  { onlyDocuments = true } = {},
): Promise<TaskId | undefined> {
  const resolved = await resolveTaskId(store, given, { within: limits, onlyDocuments });
  if (resolved.kind === 'ambiguous') throw createAmbiguousError(given, resolved.candidates);
  return resolved.kind === 'found' ? resolved.id : undefined;
}

export function createAmbiguousError(given: string, candidates: readonly TaskId[]): ApiError {
  return new ApiError(409, 'ambiguous', describeAmbiguity(given, candidates), { candidates });
}

export function createTaskNotFound(): ApiError {
  return new ApiError(404, 'not_found', 'this task is not in the mirror');
}
