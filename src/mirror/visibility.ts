/** What a caller may see. One place, so that no answer forgets to ask. */
import { ApiError } from '../lib/api-error.ts';
import type { StoredTask } from '../store/contract/tasks.ts';
import type { JsonObject } from '../task/json-object.ts';
import { isWithin } from '../task/limits.ts';
import type { Caller } from './deps.ts';

/** Whether a stored document may be shown to a caller. */
export function maySee({ limits }: Pick<Caller, 'limits'>, task: Pick<StoredTask, 'text'>): boolean {
  return limits === undefined || isWithin(limits, JSON.parse(task.text) as JsonObject);
}

/** There is no such task, or it is not the caller's to see: the same answer, so that nobody learns which. */
export function taskNotFound(): ApiError {
  return new ApiError(404, 'not_found', 'there is no such task for this token');
}
