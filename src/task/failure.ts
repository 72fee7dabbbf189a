/** Why a task failed, in the words of the service. */
import { getOwn, isObject, type JsonObject } from './json-object.ts';
import { getResponse } from './members.ts';

/** @returns the message of the error, else its code; undefined if the document has neither */
export function findFailure(document: JsonObject): string | undefined {
  return [getResponse(document), document]
    .map((object) => readError(object && getOwn(object, 'error')))
    .find((text) => text !== undefined);
}

/** An object with a message and a code, or a bare text. */
function readError(error: unknown): string | undefined {
  const candidates = isObject(error) ? [getOwn(error, 'message'), getOwn(error, 'code')] : [error];
  return candidates
    .map((value) => (typeof value === 'string' || typeof value === 'number' ? String(value) : ''))
    .find((text) => text.trim() !== '');
}
