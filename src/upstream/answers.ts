/** Parses upstream answers. Pure functions that treat every answer as untrusted input. */
import { tryParseJson } from '../lib/parse-json.ts';
import { MalformedDocument, readDocument, type TaskDocument } from '../task/document.ts';
import type { TaskId } from '../task/id.ts';
import { getOwn, getOwnObject, getOwnString, isObject } from '../task/json-object.ts';
import { sliceArray } from '../task/slices.ts';
import { type UpstreamAnswer, UpstreamError } from './errors.ts';

/** Counts of items in an answer that were dropped. */
export interface Dropped {
  unasked: number;
  duplicate: number;
  malformed: number;
}

export interface BatchItems {
  readonly documents: TaskDocument[];
  readonly dropped: Dropped;
}

/** The body as text. @throws UpstreamError `nonsense` when it is not UTF-8 */
function decodeAnswer(answer: UpstreamAnswer): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: false }).decode(answer.body);
  } catch (cause) {
    throw new UpstreamError('nonsense', 'the answer of the upstream is not UTF-8', undefined, undefined, {
      cause,
    });
  }
}

/** Whether the body is JSON, so that it may be forwarded to a caller; a gateway's HTML page may not. */
export function isJsonAnswer(answer: UpstreamAnswer): boolean {
  return tryParseJson(decodeAnswer(answer)) !== undefined;
}

/**
 * Whether an error answer means that the id is unknown: 404 (but not for a wrong route), or 400 whose code or message
 * says so.
 */
export function isUnknownTask(answer: UpstreamAnswer): boolean {
  if (answer.status !== 404 && answer.status !== 400) return false;
  if (answer.body.length === 0) return answer.status === 404;
  if (!isJsonAnswer(answer)) return false;
  const { code, message } = readError(answer);
  if (answer.status === 404) return code !== 'no_api';
  return /not[ _-]?found|no such|does ?n[o']t exist|unknown (task|id)/i.test(`${code} ${message}`);
}

/** Code and message of an error answer, empty if missing. The error may be an object or a bare string. */
export function readError(answer: UpstreamAnswer): { code: string; message: string } {
  const value = tryParseJson(decodeAnswer(answer));
  if (!isObject(value)) return { code: '', message: '' };
  const bare = getOwnString(value, 'error');
  if (bare !== undefined) return { code: '', message: bare };
  const error = getOwnObject(value, 'error');
  return { code: getOwnString(error, 'code') ?? '', message: getOwnString(error, 'message') ?? '' };
}

/**
 * The document of a `retrieve` answer.
 * @returns undefined when the answer means "unknown": empty, `null`, or an object without an id
 * @throws UpstreamError `nonsense` for anything else that is not the requested document
 */
export function readRetrieved(
  answer: UpstreamAnswer,
  asked: TaskId,
  nowMs: number,
): TaskDocument | undefined {
  const text = decodeAnswer(answer).trim();
  if (text === '' || text === 'null') return undefined;
  const value = parseJson(text);
  if (!isObject(value)) throw createInvalidResponseError('is not an object');
  if (getOwn(value, 'id') === undefined || getOwn(value, 'id') === null) return undefined;
  const document = readDocumentOrUndefined(() => readDocument(text, value, nowMs));
  if (document === undefined) throw createInvalidResponseError('is not a task document');
  if (document.id !== asked) throw createInvalidResponseError('is about another task than the one asked for');
  return document;
}

/**
 * The documents of a batch answer, matched by id: the upstream's order is not guaranteed.
 * Of duplicates, a finished document wins over a pending one, else the later wins.
 * @param asked the requested ids; undefined accepts every item (the history list)
 * @throws UpstreamError `nonsense` when there is no array `items`
 */
export function readItems(
  answer: UpstreamAnswer,
  asked: ReadonlySet<string> | undefined,
  nowMs: number,
): BatchItems {
  const text = decodeAnswer(answer);
  const value = parseJson(text);
  const items = isObject(value) ? getOwn(value, 'items') : undefined;
  const slices = Array.isArray(items) ? sliceArray(text, 'items') : undefined;
  if (!Array.isArray(items) || slices?.length !== items.length)
    throw createInvalidResponseError('has no array "items"');

  const byId = new Map<string, TaskDocument>();
  const dropped: Dropped = { unasked: 0, duplicate: 0, malformed: 0 };
  slices.forEach((slice, at) => {
    const document = readDocumentOrUndefined(() => readDocument(slice, items[at], nowMs));
    if (document === undefined) dropped.malformed += 1;
    else if (asked && !asked.has(document.id)) dropped.unasked += 1;
    else {
      const other = byId.get(document.id);
      if (other) dropped.duplicate += 1;
      if (!other || other.state === 'pending' || document.state !== 'pending')
        byId.set(document.id, document);
    }
  });
  return { documents: [...byId.values()], dropped };
}

export interface HistoryItems extends BatchItems {
  /** The number of all matches, not just of this page; undefined if the answer has no count. */
  readonly count: number | undefined;
}

/** The documents of a history list. @throws UpstreamError `nonsense` when there is no array `items` */
export function readHistory(answer: UpstreamAnswer, nowMs: number): HistoryItems {
  const page = readItems(answer, undefined, nowMs);
  const value = parseJson(decodeAnswer(answer));
  const count = isObject(value) ? (getOwn(value, 'count') ?? getOwn(value, 'total')) : undefined;
  return { ...page, count: typeof count === 'number' && count >= 0 ? count : undefined };
}

/** Whether a `delete` answer says that the task was deleted. */
export function isDeleted(answer: UpstreamAnswer): boolean {
  const value = parseJson(decodeAnswer(answer));
  return isObject(value) && getOwn(value, 'deleted') === true;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw createInvalidResponseError('is not JSON', cause);
  }
}

function readDocumentOrUndefined(read: () => TaskDocument): TaskDocument | undefined {
  try {
    return read();
  } catch (error) {
    if (error instanceof MalformedDocument) return undefined;
    throw error;
  }
}

function createInvalidResponseError(what: string, cause?: unknown): UpstreamError {
  return new UpstreamError('nonsense', `the answer of the upstream ${what}`, undefined, undefined, { cause });
}
