/** Why a task failed, according to the response of the service. */
import { getOwn, getOwnString, isObject, type JsonObject } from './json-object.ts';
import { getResponse } from './members.ts';

/** The message of the error, else its code; undefined if the response has no error. */
export function findFailure(document: JsonObject): string | undefined {
  const error = getOwn(getResponse(document) ?? {}, 'error');
  if (typeof error === 'string') return error === '' ? undefined : error;
  if (!isObject(error)) return undefined;
  return getOwnString(error, 'message') ?? getOwnString(error, 'code');
}
