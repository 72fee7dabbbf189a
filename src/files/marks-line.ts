/** Marks in files: one JSON object per task and line, apart from the documents, which stay as the upstream sent them. */
import { formatIsoTime } from '../lib/iso-time.ts';
import type { ArchivedMarks } from '../store/contract/marks.ts';
import { parseTaskId } from '../task/id.ts';
import { getOwn, isObject, type JsonObject } from '../task/json-object.ts';
import {
  applyMarkChange,
  InvalidTag,
  MAX_NOTE_CHARACTERS,
  MAX_RATING,
  MAX_TAG_CHARACTERS,
  type MarkChange,
  type Marks,
  NO_MARKS,
  normalizeMarkChange,
  pickMarks,
  TooManyTags,
} from '../task/marks.ts';
import { readChangedAt } from './changed-at.ts';

/** A line that has no usable marks; the message says why, and is the same for all such lines. */
export class MalformedMarks extends Error {
  override readonly name = 'MalformedMarks';
}

/** `{"id":"…","marks":{…},"changed_at":"…"}`. */
export function formatMarksLine({ id, changedAtMs, ...marks }: ArchivedMarks): string {
  return `${JSON.stringify({ id, marks: pickMarks(marks), changed_at: formatIsoTime(changedAtMs) })}\n`;
}

/** Whether a JSON value is such a line, and not a document. */
export function isMarksLine(value: unknown): value is JsonObject {
  if (!isObject(value) || getOwn(value, 'marks') === undefined) return false;
  return getOwn(value, 'request') === undefined && getOwn(value, 'response') === undefined;
}

/**
 * Reads marks. Absent ones are those of an unmarked task.
 * @param nowMs a later time is taken for this one: marks from the future would win over all later changes
 * @throws MalformedMarks
 */
export function readMarksLine(line: JsonObject, nowMs: number): ArchivedMarks {
  const id = parseTaskId(getOwn(line, 'id'));
  if (id === undefined) throw new MalformedMarks('marks must have the id of a task, of 1 to 128 characters');
  const marks = getOwn(line, 'marks');
  if (!isObject(marks)) throw new MalformedMarks('"marks" must be an object');
  const changedAtMs = readChangedAt(line, nowMs);
  if (changedAtMs === undefined)
    throw new MalformedMarks('"changed_at" of marks must be a time such as 2026-03-14T12:00:00Z');
  return { id, ...readMarks(marks), changedAtMs };
}

const UNUSABLE_TAG = `a tag has 1 to ${MAX_TAG_CHARACTERS} characters, without control characters and quotation marks, and one that is seen`;

function readMarks(marks: JsonObject): Marks {
  if (!Object.keys(marks).every((name) => Object.hasOwn(NO_MARKS, name)))
    throw new MalformedMarks(`marks are ${Object.keys(NO_MARKS).join(', ')}, and nothing else`);
  const { starred, rating, tags, note, hidden } = { ...NO_MARKS, ...marks } as Record<keyof Marks, unknown>;
  if (typeof starred !== 'boolean') throw new MalformedMarks('"starred" must be true or false');
  if (typeof hidden !== 'boolean') throw new MalformedMarks('"hidden" must be true or false');
  if (typeof rating !== 'number' || !Number.isInteger(rating) || rating < 0 || rating > MAX_RATING)
    throw new MalformedMarks(`"rating" must be a whole number from 0 to ${MAX_RATING}`);
  if (typeof note !== 'string') throw new MalformedMarks('"note" must be a text');
  if (note.length > MAX_NOTE_CHARACTERS)
    throw new MalformedMarks(`a note has at most ${MAX_NOTE_CHARACTERS} characters`);
  if (!Array.isArray(tags) || !tags.every((tag) => typeof tag === 'string'))
    throw new MalformedMarks('"tags" must be a list of texts');
  return applyChange({ starred, rating, tags, note, hidden });
}

/** @throws MalformedMarks for tags that a task can't have */
function applyChange(change: MarkChange): Marks {
  try {
    return applyMarkChange(NO_MARKS, normalizeMarkChange(change));
  } catch (error) {
    if (error instanceof TooManyTags) throw new MalformedMarks(error.message, { cause: error });
    // Not its message, which quotes the tag: reasons are counted.
    if (error instanceof InvalidTag) throw new MalformedMarks(UNUSABLE_TAG, { cause: error });
    throw error;
  }
}
