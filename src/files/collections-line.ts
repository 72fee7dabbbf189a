/** Collections in files: one JSON object per collection and line. Without public links, which are of one mirror. */
import { formatIsoTime } from '../lib/iso-time.ts';
import {
  type ArchivedCollection,
  MAX_COLLECTION_NOTE,
  MAX_COLLECTION_TASKS,
} from '../store/contract/collections.ts';
import { InvalidName, MAX_NAME_CHARACTERS, normalizeName } from '../task/entry-name.ts';
import { parseTaskId, type TaskId } from '../task/id.ts';
import { getOwn, isObject, type JsonObject } from '../task/json-object.ts';
import type { TaskLimits } from '../task/limits.ts';
import { normalizeNote } from '../task/note.ts';
import { readChangedAt } from './changed-at.ts';

/** A line that has no usable collection; the message says why, and is the same for all such lines. */
export class MalformedCollection extends Error {
  override readonly name = 'MalformedCollection';
}

/** What a collection in a file has; absent: none. */
const MEMBERS = {
  name: undefined,
  note: '',
  cover: null,
  user_ids: [],
  application_ids: [],
  tasks: undefined,
} as const;

/** `{"collection":{"name":"…","note":"…","cover":"…","user_ids":[],"application_ids":[],"tasks":["…"]},"changed_at":"…"}`. */
export function formatCollectionLine(archived: ArchivedCollection): string {
  const { name, note, limits, cover = null, tasks, changedAtMs } = archived;
  const { userIds = [], applicationIds = [] } = limits ?? {};
  const collection = { name, note, cover, user_ids: userIds, application_ids: applicationIds, tasks };
  return `${JSON.stringify({ collection, changed_at: formatIsoTime(changedAtMs) })}\n`;
}

/** Whether a JSON value is such a line, and not a document. */
export function isCollectionLine(value: unknown): value is JsonObject {
  if (!isObject(value) || getOwn(value, 'collection') === undefined) return false;
  return getOwn(value, 'request') === undefined && getOwn(value, 'response') === undefined;
}

/** @param nowMs a later time is taken for this one @throws MalformedCollection */
export function readCollectionLine(line: JsonObject, nowMs: number): ArchivedCollection {
  const collection = getOwn(line, 'collection');
  if (!isObject(collection)) throw new MalformedCollection('"collection" must be an object');
  if (!Object.keys(collection).every((name) => Object.hasOwn(MEMBERS, name)))
    throw new MalformedCollection(`a collection has ${Object.keys(MEMBERS).join(', ')}, and nothing else`);
  const changedAtMs = readChangedAt(line, nowMs);
  if (changedAtMs === undefined)
    throw new MalformedCollection('"changed_at" of a collection must be a time such as 2026-03-14T12:00:00Z');
  const members: Record<keyof typeof MEMBERS, unknown> = { ...MEMBERS, ...collection };
  const tasks = readTasks(members.tasks);
  return {
    name: readName(members.name),
    note: readNote(members.note),
    limits: readLimits(members.user_ids, members.application_ids),
    cover: readCover(members.cover, tasks),
    tasks,
    changedAtMs,
  };
}

function readTasks(value: unknown): TaskId[] {
  const ids = Array.isArray(value) ? value.map(parseTaskId) : [undefined];
  const tasks = [...new Set(ids.filter((id) => id !== undefined))];
  if (ids.includes(undefined))
    throw new MalformedCollection('"tasks" of a collection must be a list of task ids');
  if (tasks.length > MAX_COLLECTION_TASKS)
    throw new MalformedCollection(`a collection has at most ${MAX_COLLECTION_TASKS} tasks`);
  return tasks;
}

function readName(value: unknown): string {
  try {
    if (typeof value === 'string') return normalizeName(value);
  } catch (error) {
    // Not its message, which quotes the name: reasons are counted.
    if (!(error instanceof InvalidName)) throw error;
  }
  throw new MalformedCollection(
    `the name of a collection has 1 to ${MAX_NAME_CHARACTERS} characters, without control characters, and one that is seen`,
  );
}

function readNote(value: unknown): string {
  if (typeof value !== 'string') throw new MalformedCollection('"note" of a collection must be a text');
  if (value.length > MAX_COLLECTION_NOTE)
    throw new MalformedCollection(`the note of a collection has at most ${MAX_COLLECTION_NOTE} characters`);
  return normalizeNote(value);
}

function readLimits(users: unknown, applications: unknown): TaskLimits | undefined {
  const [userIds, applicationIds] = [readOwners(users), readOwners(applications)];
  return userIds.length + applicationIds.length > 0 ? { userIds, applicationIds } : undefined;
}

function readOwners(value: unknown): string[] {
  if (Array.isArray(value) && value.every((id) => typeof id === 'string' && id !== '')) return value;
  throw new MalformedCollection(
    '"user_ids" and "application_ids" of a collection must be lists of texts that are not empty',
  );
}

function readCover(value: unknown, tasks: readonly TaskId[]): TaskId | undefined {
  if (value === null) return undefined;
  const cover = tasks.find((id) => id === value);
  if (cover === undefined)
    throw new MalformedCollection('the cover must be one of the tasks of the collection');
  return cover;
}
