/** Restricts a caller to the tasks of certain users and applications. */
import { getOwnString, type JsonObject } from './json-object.ts';

/** An empty list does not restrict; if both lists are set, both must match. */
export interface TaskLimits {
  readonly userIds: readonly string[];
  readonly applicationIds: readonly string[];
}

/** Whether a task document belongs to these users and applications. A document without an owner matches no list. */
export function isWithin(limits: TaskLimits, document: JsonObject): boolean {
  return (
    allows(limits.userIds, getOwnString(document, 'user_id')) &&
    allows(limits.applicationIds, getOwnString(document, 'application_id'))
  );
}

function allows(allowed: readonly string[], value: string | undefined): boolean {
  return allowed.length === 0 || (value !== undefined && allowed.includes(value));
}
