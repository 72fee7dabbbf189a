/** Parses and validates the body of `POST /flux/tasks`. By hand: Hono's validators have an error format of their own. */
import { createBadRequest } from '../../lib/api-error.ts';
import type { HistoryRequest } from '../../mirror/history-list.ts';
import { parseTaskId, type TaskId } from '../../task/id.ts';
import { getOwn, type JsonObject } from '../../task/json-object.ts';
import { createTooManyValuesError, MAX_VALUES } from '../query-params.ts';

export type TaskRequest =
  | { readonly action: 'retrieve'; readonly id: TaskId }
  | { readonly action: 'retrieve_batch'; readonly ids: readonly TaskId[] }
  | { readonly action: 'list'; readonly list: HistoryRequest }
  | { readonly action: 'delete'; readonly id: TaskId; readonly body: string };

const MAX_IDS = 1000;
const MAX_LIMIT = 1000;
const DEFAULT_LIMIT = 20;
/** Of a name in an error message. */
const MAX_SHOWN_NAME = 64;

/** @throws ApiError 400 that names the problem and the valid values */
export function readTaskRequest(value: JsonObject): TaskRequest {
  const given = getOwn(value, 'action');
  // The vendor's guides poll with an id alone, and its clients leave out what is empty.
  const action = isAbsent(given) ? 'retrieve' : given;
  switch (action) {
    case 'retrieve':
      return { action, id: readId(value) };
    case 'retrieve_batch': {
      const ids = getOwn(value, 'ids');
      if (isAbsent(ids)) return { action: 'list', list: readHistoryRequest(value) };
      return { action, ids: readIds(ids) };
    }
    case 'delete':
      return { action, id: readId(value), body: rebuildBody(value) };
    default:
      throw createBadRequest('"action" must be "retrieve", "retrieve_batch" or "delete"');
  }
}

/**
 * The body as it was read, for the upstream: it is sent with the mirror's own token, and of the caller's text the upstream could
 * read something else (the first of two `action`s, or an `Action`). Members that only the vendor knows are kept.
 * @throws ApiError 400 for a number that was rounded when it was read
 */
function rebuildBody(value: JsonObject): string {
  const plain = Object.entries(value).filter(([name]) => /^[a-z][a-z0-9_]*$/.test(name));
  return JSON.stringify(Object.fromEntries(plain), refuseRoundedNumber);
}

/** A replacer of JSON.stringify. */
function refuseRoundedNumber(member: string, value: unknown): unknown {
  if (typeof value === 'number' && Math.abs(value) > Number.MAX_SAFE_INTEGER)
    throw createBadRequest(`the number in ${JSON.stringify(member.slice(0, MAX_SHOWN_NAME))} is beyond 2^53`);
  return value;
}

/** @throws ApiError 400 */
export function readIds(value: unknown): TaskId[] {
  if (!Array.isArray(value)) throw createBadRequest('"ids" must be an array of task ids');
  if (value.length > MAX_IDS)
    throw createBadRequest(`"ids" has ${value.length} ids; at most ${MAX_IDS} are allowed`);
  return value.map((item: unknown, at) => {
    const id = parseTaskId(item);
    if (id === undefined) throw createBadRequest(`"ids"[${at}] must be a string of 1 to 128 characters`);
    return id;
  });
}

function readId(value: JsonObject): TaskId {
  const given = getOwn(value, 'id');
  if (given === undefined) throw createBadRequest('"id" is missing');
  const id = parseTaskId(given);
  if (id === undefined) throw createBadRequest('"id" must be a string of 1 to 128 characters');
  return id;
}

function readHistoryRequest(value: JsonObject): HistoryRequest {
  const from = readNumber(value, 'created_at_min', 0, Number.MAX_SAFE_INTEGER);
  const to = readNumber(value, 'created_at_max', 0, Number.MAX_SAFE_INTEGER);
  return {
    filter: {
      values: {
        userId: readStrings(value, 'user_id'),
        applicationId: readStrings(value, 'application_id'),
        type: readStrings(value, 'type'),
      },
      ...(from === undefined ? {} : { fromMs: Math.round(from * 1000) }),
      // The upstream's bound is inclusive, ours is exclusive.
      ...(to === undefined ? {} : { toMs: Math.round(to * 1000) + 1 }),
    },
    limit: readInteger(value, 'limit', 1, MAX_LIMIT) ?? DEFAULT_LIMIT,
    offset: readInteger(value, 'offset', 0, Number.MAX_SAFE_INTEGER) ?? 0,
    body: rebuildBody(value),
  };
}

/** One string or several; the vendor's web app sends empty arrays, which don't filter. */
function readStrings(value: JsonObject, member: string): string[] {
  const given = getOwn(value, member);
  if (isAbsent(given)) return [];
  const items: unknown[] = Array.isArray(given) ? given : [given];
  if (items.length > MAX_VALUES) throw createTooManyValuesError(member, items.length);
  return items.map((item) => {
    if (typeof item !== 'string') throw createBadRequest(`"${member}" must be a string`);
    return item;
  });
}

function readNumber(value: JsonObject, member: string, min: number, max: number): number | undefined {
  const given = getOwn(value, member);
  if (isAbsent(given)) return undefined;
  if (typeof given !== 'number' || !(given >= min && given <= max)) {
    throw createBadRequest(`"${member}" must be a number from ${min} to ${max}`);
  }
  return given;
}

function readInteger(value: JsonObject, member: string, min: number, max: number): number | undefined {
  const given = readNumber(value, member, min, max);
  if (given !== undefined && !Number.isInteger(given))
    throw createBadRequest(`"${member}" must be a whole number`);
  return given;
}

function isAbsent(value: unknown): boolean {
  return value === undefined || value === null || value === '';
}
