/** Reads changes of marks in request bodies. */
import * as z from 'zod';
import { ApiError, createBadRequest } from '../lib/api-error.ts';
import type { MarkRequest } from '../store/contract/marks.ts';
import { parseTaskId, type TaskId } from '../task/id.ts';
import { getOwn, isObject } from '../task/json-object.ts';
import {
  InvalidTag,
  MAX_NOTE_CHARACTERS,
  MAX_RATING,
  MAX_TAGS,
  type MarkChange,
  normalizeTag,
} from '../task/marks.ts';
import { describeIssue } from './body-schema.ts';
import { MAX_IDS } from './selection/selection.ts';

/** Longer texts can't be tags, and are not looked at. */
const tagList = z.array(z.string().max(1024)).max(MAX_TAGS);

/** Null takes a mark away. */
export const markChangeSchema = z.strictObject({
  starred: z.boolean().nullable().optional(),
  rating: z.int().min(0).max(MAX_RATING).nullable().optional(),
  tags: tagList.nullable().optional().meta({ description: 'all its tags, in place of those that it has' }),
  add_tags: tagList.optional(),
  remove_tags: tagList.optional(),
  note: z.string().max(MAX_NOTE_CHARACTERS).nullable().optional(),
  hidden: z.boolean().nullable().optional(),
});

/**
 * @param member where it stands in the body, for messages
 * @throws ApiError 400, or 413 for a note that is too long
 */
export function readMarkChange(value: unknown, member?: string): MarkChange {
  const note = isObject(value) ? getOwn(value, 'note') : undefined;
  if (typeof note === 'string' && note.length > MAX_NOTE_CHARACTERS)
    throw new ApiError(413, 'bad_request', `a note has at most ${MAX_NOTE_CHARACTERS} characters`);
  const parsed = markChangeSchema.safeParse(value);
  if (!parsed.success) throw createBadRequest(describeIssue(parsed.error, member));
  const { starred, rating, tags, add_tags, remove_tags, note: text, hidden } = parsed.data;
  return {
    ...(starred === undefined ? {} : { starred: starred ?? false }),
    ...(rating === undefined ? {} : { rating: rating ?? 0 }),
    ...(tags === undefined ? {} : { tags: readTags(tags ?? []) }),
    ...(add_tags === undefined ? {} : { addTags: readTags(add_tags) }),
    ...(remove_tags === undefined ? {} : { removeTags: remove_tags }),
    ...(text === undefined ? {} : { note: text ?? '' }),
    ...(hidden === undefined ? {} : { hidden: hidden ?? false }),
  };
}

const itemSchema = z.strictObject({
  id: z.unknown().optional(),
  ids: z.array(z.unknown()).min(1).optional(),
  marks: z.unknown(),
});

/**
 * Tasks, each with its own marks, or several with the same.
 * @throws ApiError 400 also for a task that is named twice, as nobody could tell what it had before; 413
 */
export function readMarkItems(items: unknown): MarkRequest[] {
  if (!Array.isArray(items)) throw createBadRequest('"items" must be an array');
  const requests = (items as unknown[]).flatMap((item, at): MarkRequest[] => {
    const member = `items.${at}`;
    const parsed = itemSchema.safeParse(item);
    if (!parsed.success) throw createBadRequest(describeIssue(parsed.error, member));
    const { id, ids = [id], marks } = parsed.data;
    const change = readMarkChange(marks, `${member}.marks`);
    return ids.map((given) => ({ id: readId(given, member), change }));
  });
  if (requests.length > MAX_IDS)
    throw createBadRequest(`"items" has ${requests.length} tasks; at most ${MAX_IDS} are allowed`);
  if (new Set(requests.map(({ id }) => id)).size < requests.length)
    throw createBadRequest('"items" has a task twice');
  return requests;
}

/** @throws ApiError 400 */
function readId(given: unknown, member: string): TaskId {
  const id = parseTaskId(given);
  if (id === undefined)
    throw createBadRequest(`${JSON.stringify(member)} must have an "id" of 1 to 128 characters, or "ids"`);
  return id;
}

/** @throws ApiError 400 */
function readTags(tags: readonly string[]): string[] {
  try {
    return tags.map(normalizeTag);
  } catch (error) {
    if (error instanceof InvalidTag) throw createBadRequest(error.message);
    throw error;
  }
}
