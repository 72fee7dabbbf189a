/** Reads the request, response and results of a task document. Trusts no type: the document comes from outside. */
import { tryParseJson } from '../lib/parse-json.ts';
import { FLUX } from '../service/flux.ts';
import { getOwn, isObject, type JsonObject } from './json-object.ts';
import { isTooDeep } from './slices.ts';

const { members: MEMBERS } = FLUX;
const EMPTY: JsonObject = {};

/** The generation request; empty if it is missing or unreadable. */
export function getRequest(document: JsonObject): JsonObject {
  return readObject(getOwn(document, MEMBERS.request)) ?? EMPTY;
}

/** The service's response; undefined if it is missing or unreadable. */
export function getResponse(document: JsonObject): JsonObject | undefined {
  return readObject(getOwn(document, MEMBERS.response));
}

/** The results that are objects: of an array, or a single one in its place. */
export function listResults(document: JsonObject): JsonObject[] {
  const results = getOwn(getResponse(document) ?? EMPTY, MEMBERS.results);
  if (Array.isArray(results)) return results.filter(isObject);
  return isObject(results) ? [results] : [];
}

/** An object, or the JSON of one as a string, as some services store it. */
function readObject(value: unknown): JsonObject | undefined {
  if (typeof value !== 'string') return isObject(value) ? value : undefined;
  const object = tryParseJson(value);
  return isObject(object) && !isTooDeep(value) ? object : undefined;
}
