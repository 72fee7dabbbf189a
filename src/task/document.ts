/**
 * A task document: the upstream's exact text, plus the few values needed for search and scheduling.
 * The text is what is stored and served; the values are always derived from it.
 */
import { FLUX } from '../service/flux.ts';
import { listArtifacts, readTaskKind } from './artifacts.ts';
import { findCost } from './cost.ts';
import { boundMs, parseEpochMs } from './epoch-time.ts';
import { parseTaskId, type TaskId } from './id.ts';
import { listInputImageLinks } from './input-images.ts';
import { getOwn, getOwnString, isObject, type JsonObject } from './json-object.ts';
import { getRequest, listResults } from './members.ts';
import { findSeed } from './seed.ts';
import { isTooDeep, MAX_DEPTH } from './slices.ts';
import { decideTaskState, type TaskState } from './state.ts';

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
  /** `images` or `videos`, or what its own `type` says. */
  readonly type: string;
  readonly userId: string | undefined;
  readonly applicationId: string | undefined;
  /** The seed of the first result that has one, as exact decimal digits with an optional minus sign. */
  readonly seed: string | undefined;
  /** Millionths of a credit. */
  readonly cost: number | undefined;
  /** The links to the images and videos of its results (see `listArtifacts`). */
  readonly artifactLinks: readonly string[];
  /** Of the pictures that it was given to work on. */
  readonly inputLinks: readonly string[];
}

/** Increase it when documents are read by other rules: stored ones are then re-read (see store/sqlite/reread.ts). */
export const READING_VERSION = 5;

/** Why a text is not a task document. The message quotes nothing of the text, so it may be shown to anyone. */
export class MalformedDocument extends Error {
  override readonly name = 'MalformedDocument';
}

const { members: MEMBERS } = FLUX;

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

  const request = getRequest(value);
  const createdAtMs = findCreationTimeMs(value) ?? nowMs;
  return {
    id,
    text,
    state: decideTaskState(value, createdAtMs, nowMs),
    createdAtMs,
    prompt: readPrompt(value),
    model: getOwnString(request, 'model'),
    size: getOwnString(request, 'size'),
    action: getOwnString(request, 'action'),
    type: readTaskKind(value),
    userId: getOwnString(value, 'user_id'),
    applicationId: getOwnString(value, 'application_id'),
    seed: findSeed(text, value),
    cost: findCost(value),
    ...readImageLinks(value),
  };
}

export type ImageLinks = Pick<TaskDocument, 'artifactLinks' | 'inputLinks'>;

/** The links of a document to what it has made, and to the pictures that it was given. */
export function readImageLinks(document: JsonObject): ImageLinks {
  return {
    artifactLinks: listArtifacts(document).map(({ url }) => url),
    inputLinks: listInputImageLinks(document),
  };
}

/** The prompt of a stored document's text. */
export function getPrompt(text: string): string {
  const value: unknown = JSON.parse(text);
  return isObject(value) ? readPrompt(value) : '';
}

function readPrompt(document: JsonObject): string {
  return getOwnString(getRequest(document), MEMBERS.prompt) ?? findResultPrompt(document) ?? '';
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
 * The creation time of a task in epoch milliseconds, from the most reliable member that the document has.
 * @returns undefined if it has none
 */
export function findCreationTimeMs(document: JsonObject): number | undefined {
  const read = (member: string) => parseEpochMs(getOwn(document, member));
  const finishedMs = read('finished_at');
  const elapsed = getOwn(document, 'elapsed');
  const durationMs = typeof elapsed === 'number' && elapsed > 0 ? elapsed * 1000 : 0;
  return (
    read('created_at') ??
    read('started_at') ??
    (finishedMs === undefined ? undefined : (boundMs(finishedMs - durationMs) ?? finishedMs)) ??
    readObjectIdMs(getOwnString(document, '_id'))
  );
}

/** A MongoDB ObjectId starts with its creation time in seconds. */
function readObjectIdMs(id: string | undefined): number | undefined {
  return id !== undefined && /^[0-9a-f]{24}$/i.test(id)
    ? parseEpochMs(Number.parseInt(id.slice(0, 8), 16))
    : undefined;
}

function findResultPrompt(document: JsonObject): string | undefined {
  return listResults(document)
    .map((result) => getOwnString(result, MEMBERS.prompt))
    .find((prompt) => prompt !== undefined);
}
