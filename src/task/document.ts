/**
 * A task document: the upstream's exact text, plus the few values needed for search and scheduling.
 * The text is what is stored and served; the values are always derived from it.
 */
import { FLUX } from '../service/flux.ts';
import { parseTaskId, type TaskId } from './id.ts';
import { getOwn, getOwnObject, getOwnString, isObject, type JsonObject } from './json-object.ts';
import { isTooDeep, MAX_DEPTH } from './slices.ts';
import { decideTaskState, listImageUrls, listResults, type TaskState } from './state.ts';

export interface TaskDocument {
  readonly id: TaskId;
  /** The exact JSON text. */
  readonly text: string;
  readonly state: TaskState;
  /** Epoch milliseconds; the time of parsing if the document has none. */
  readonly createdAtMs: number;
  /** The prompt in the request, else in the first result that has one; empty if neither has. */
  readonly prompt: string;
  readonly model: string | undefined;
  readonly size: string | undefined;
  readonly action: string | undefined;
  readonly type: string | undefined;
  readonly userId: string | undefined;
  readonly applicationId: string | undefined;
  readonly seed: number | undefined;
  /** Number of image links in its result. */
  readonly imageCount: number;
}

/** Why a text is not a task document. The message quotes nothing of the text, so it may be shown to anyone. */
export class MalformedDocument extends Error {
  override readonly name = 'MalformedDocument';
}

const { members: MEMBERS } = FLUX;
const MAX_EPOCH_SECONDS = Date.UTC(2200, 0, 1) / 1000;

/**
 * Parses one task document.
 * @param text its exact text, without surrounding white space
 * @param nowMs epoch milliseconds
 * @throws MalformedDocument not JSON, not an object, nested too deep, or without a usable `id`
 */
export function parseDocument(text: string, nowMs: number): TaskDocument {
  return readDocument(text, parseJson(text), nowMs);
}

/** The same for a text that has already been parsed (an item of a batch answer). */
export function readDocument(text: string, value: unknown, nowMs: number): TaskDocument {
  if (!isObject(value)) throw new MalformedDocument('a task document must be a JSON object');
  const id = parseTaskId(getOwn(value, 'id'));
  if (id === undefined) throw new MalformedDocument('a task document must have an id of 1 to 128 characters');
  if (isTooDeep(text)) throw new MalformedDocument(`nested deeper than ${MAX_DEPTH} levels`);

  const request = getOwnObject(value, MEMBERS.request);
  const createdAtMs = parseEpochMs(getOwn(value, 'created_at')) ?? nowMs;
  return {
    id,
    text,
    state: decideTaskState(value, createdAtMs, nowMs),
    createdAtMs,
    prompt: readPrompt(value),
    model: getOwnString(request, 'model'),
    size: getOwnString(request, 'size'),
    action: getOwnString(request, 'action'),
    type: getOwnString(value, 'type'),
    userId: getOwnString(value, 'user_id'),
    applicationId: getOwnString(value, 'application_id'),
    seed: findSeed(value),
    imageCount: listImageUrls(value).length,
  };
}

/** The prompt of a stored document's text. */
export function getPrompt(text: string): string {
  const value: unknown = JSON.parse(text);
  return isObject(value) ? readPrompt(value) : '';
}

function readPrompt(document: JsonObject): string {
  return (
    getOwnString(getOwnObject(document, MEMBERS.request), MEMBERS.prompt) ?? findResultPrompt(document) ?? ''
  );
}

/** Parses JSON; a syntax error becomes a MalformedDocument that doesn't quote the text. */
function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new MalformedDocument('not valid JSON', { cause });
  }
}

/**
 * Converts an upstream time, epoch seconds (a number) or an ISO 8601 string, to epoch milliseconds.
 * @returns undefined for anything else, and for times outside 1970 to 2200
 */
export function parseEpochMs(value: unknown): number | undefined {
  if (typeof value === 'number') {
    return value > 0 && value < MAX_EPOCH_SECONDS ? Math.round(value * 1000) : undefined;
  }
  const parsed = typeof value === 'string' && /^\d{4}-\d\d/.test(value) ? Date.parse(value) : Number.NaN;
  return parsed > 0 && parsed < MAX_EPOCH_SECONDS * 1000 ? parsed : undefined;
}

function findResultPrompt(document: JsonObject): string | undefined {
  return listResults(document)
    .map((result) => getOwnString(result, MEMBERS.prompt))
    .find((prompt) => prompt !== undefined);
}

function findSeed(document: JsonObject): number | undefined {
  return listResults(document)
    .map((result) => getOwn(result, 'seed'))
    .find((seed): seed is number => typeof seed === 'number' && Number.isSafeInteger(seed));
}
