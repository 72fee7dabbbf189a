/** Restricts a caller to the tasks of certain users and applications. */
import { getOwnString, type JsonObject } from './json-object.ts';

/** An empty list does not restrict; if both lists are set, both must match. */
export interface TaskLimits {
  readonly userIds: readonly string[];
  readonly applicationIds: readonly string[];
}

/** Whose a task is. */
export interface TaskOwner {
  readonly userId: string | undefined;
  readonly applicationId: string | undefined;
}

/** Whether a task document belongs to these users and applications. A document without an owner matches no list. */
export function isWithin(limits: TaskLimits, document: JsonObject): boolean {
  return isOwnerWithin(limits, {
    userId: getOwnString(document, 'user_id'),
    applicationId: getOwnString(document, 'application_id'),
  });
}

/** Whether an owner is one of these users, with one of these applications. */
export function isOwnerWithin(limits: TaskLimits, { userId, applicationId }: TaskOwner): boolean {
  return allows(limits.userIds, userId) && allows(limits.applicationIds, applicationId);
}

/** Whether everything that `inner` shows is shown by `outer`, too. Absent limits show all. */
export function areLimitsWithin(inner: TaskLimits | undefined, outer: TaskLimits | undefined): boolean {
  const isCovered = (some: readonly string[] = [], all: readonly string[] = []) =>
    all.length === 0 || (some.length > 0 && some.every((value) => all.includes(value)));
  return isCovered(inner?.userIds, outer?.userIds) && isCovered(inner?.applicationIds, outer?.applicationIds);
}

function allows(allowed: readonly string[], value: string | undefined): boolean {
  return allowed.length === 0 || (value !== undefined && allowed.includes(value));
}
