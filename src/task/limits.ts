/** Whose tasks somebody may see. */
import { getOwnString, type JsonObject } from './json-object.ts';

/** Empty lists limit nothing; where both are given, both must hold. */
export interface TaskLimits {
  readonly userIds: readonly string[];
  readonly applicationIds: readonly string[];
}

/** Whether a task document is one of these users' and applications'. One that names nobody is nobody's. */
export function isWithin(limits: TaskLimits, document: JsonObject): boolean {
  return (
    allows(limits.userIds, getOwnString(document, 'user_id')) &&
    allows(limits.applicationIds, getOwnString(document, 'application_id'))
  );
}

function allows(allowed: readonly string[], value: string | undefined): boolean {
  return allowed.length === 0 || (value !== undefined && allowed.includes(value));
}
