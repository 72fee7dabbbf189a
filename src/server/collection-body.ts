/** Reads requests about collections. */
import * as z from 'zod';
import { ApiError, createBadRequest } from '../lib/api-error.ts';
import {
  type CollectionChange,
  MAX_COLLECTION_NOTE,
  type NewCollection,
  type TaskRun,
} from '../store/contract/collections.ts';
import { parseTaskId, type TaskId } from '../task/id.ts';
import { getOwn, type JsonObject } from '../task/json-object.ts';
import { normalizeNote } from '../task/note.ts';
import { describeIssue, parseBody, readName } from './body-schema.ts';
import { MAX_IDS } from './selection/selection.ts';

const note = z.string().max(MAX_COLLECTION_NOTE);
const taskId = z.string().min(1).max(128);

export const newCollectionSchema = z.strictObject({ name: z.string(), note: note.nullable().optional() });

export const collectionChangeSchema = z.strictObject({
  name: z.string().optional(),
  note: note.nullable().optional(),
  cover: taskId
    .nullable()
    .optional()
    .meta({ description: 'the task whose picture stands for it; null: the first one' }),
});

export const linkChangeSchema = z.strictObject({
  prompts: z.boolean().optional().meta({ description: 'whether the link shows the prompts; default: true' }),
  renew: z.boolean().optional().meta({ description: 'replaces a link that is there; it works no more' }),
});

/** @throws ApiError 400, or 413 for a note that is too long */
export function readNewCollection(body: JsonObject): Pick<NewCollection, 'name' | 'note'> {
  refuseLongNote(body);
  const { name, note: text } = parseBody(newCollectionSchema, body);
  return { name: readName(name), note: normalizeNote(text ?? '') };
}

/** @throws ApiError 400, or 413 for a note that is too long */
export function readCollectionChange(body: JsonObject): Omit<CollectionChange, 'link'> {
  refuseLongNote(body);
  const { name, note: text, cover } = parseBody(collectionChangeSchema, body);
  return {
    ...(name === undefined ? {} : { name: readName(name) }),
    ...(text === undefined ? {} : { note: normalizeNote(text ?? '') }),
    ...(cover === undefined ? {} : { cover: cover === null ? null : readTaskId(cover, 'cover') }),
  };
}

/** @throws ApiError 400 */
export function readLinkChange(body: JsonObject): { showsPrompts: boolean | undefined; isRenewed: boolean } {
  const { prompts, renew } = parseBody(linkChangeSchema, body);
  return { showsPrompts: prompts, isRenewed: renew ?? false };
}

export const runListSchema = z
  .array(z.strictObject({ ids: z.array(taskId).min(1), before: taskId.nullable() }))
  .min(1);

/** Tasks that are placed in several runs. @throws ApiError 400 */
export function readRuns(value: unknown): TaskRun[] {
  const parsed = runListSchema.safeParse(value);
  if (!parsed.success) throw createBadRequest(describeIssue(parsed.error, 'runs'));
  const runs = parsed.data.map(({ ids, before }) => ({
    ids: ids.map((id) => readTaskId(id, 'runs')),
    before: before === null ? undefined : readTaskId(before, 'before'),
  }));
  const count = runs.reduce((sum, { ids }) => sum + ids.length, 0);
  if (count > MAX_IDS) throw createBadRequest(`"runs" have ${count} tasks; at most ${MAX_IDS} are allowed`);
  return runs;
}

/** @throws ApiError 400 */
export function readTaskId(value: unknown, member: string): TaskId {
  const id = parseTaskId(value);
  if (id === undefined) throw createBadRequest(`"${member}" must be the id of a task`);
  return id;
}

function refuseLongNote(body: JsonObject): void {
  const text = getOwn(body, 'note');
  if (typeof text === 'string' && text.length > MAX_COLLECTION_NOTE)
    throw new ApiError(413, 'bad_request', `a note has at most ${MAX_COLLECTION_NOTE} characters`);
}
