/** Where a task document holds what was asked for and what came of it. Trusts no type: the document comes from outside. */
import { tryParseJson } from '../lib/parse-json.ts';
import { FLUX } from '../service/flux.ts';
import { getOwn, isObject, type JsonObject } from './json-object.ts';
import { isTooDeep } from './slices.ts';

const { members: MEMBERS } = FLUX;
const EMPTY: JsonObject = {};

/** What the caller asked for; empty when there is nothing readable. */
export function getRequest(document: JsonObject): JsonObject {
  return readObject(getOwn(document, MEMBERS.request)) ?? EMPTY;
}

/** What the service answered; undefined while there is nothing readable. */
export function getResponse(document: JsonObject): JsonObject | undefined {
  return readObject(getOwn(document, MEMBERS.response));
}

/** The objects among the results: of an array, or the one that stands in its place. */
export function listResults(document: JsonObject): JsonObject[] {
  const results = getOwn(getResponse(document) ?? EMPTY, MEMBERS.results);
  if (Array.isArray(results)) return results.filter(isObject);
  return isObject(results) ? [results] : [];
}

/** An object, or a string that holds the JSON of one: some services store it so. */
function readObject(value: unknown): JsonObject | undefined {
  if (typeof value !== 'string') return isObject(value) ? value : undefined;
  const object = tryParseJson(value);
  return isObject(object) && !isTooDeep(value) ? object : undefined;
}
