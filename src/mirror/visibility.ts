/** Which tasks a caller may see. The only place that decides it, so that no response path forgets a check. */
import { ApiError } from '../lib/api-error.ts';
import type { StoredTask } from '../store/contract/tasks.ts';
import type { JsonObject } from '../task/json-object.ts';
import { isWithin } from '../task/limits.ts';
import type { Caller } from './deps.ts';

/** Whether a stored document may be shown to a caller. */
export function maySee({ limits }: Pick<Caller, 'limits'>, task: Pick<StoredTask, 'text'>): boolean {
  return limits === undefined || isWithin(limits, JSON.parse(task.text) as JsonObject);
}

/** The same error for a missing task and a hidden one, so that callers can't tell them apart. */
export function taskNotFound(): ApiError {
  return new ApiError(404, 'not_found', 'there is no such task for this token');
}
