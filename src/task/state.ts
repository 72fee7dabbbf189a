/**
 * Is a task finished? The strictest reading of the vendor's own clients, because a cache must never freeze
 * what can still change: when in doubt a task is pending, which costs one more request.
 */

import { isObject, type JsonObject, own, ownObject } from './json-object.ts';

export type TaskState = 'pending' | 'succeeded' | 'failed';

const FAILED_WORDS = new Set(['failed', 'failure', 'error', 'cancelled', 'canceled', 'rejected']);
const SUCCESS_WORDS = new Set(['succeed', 'succeeded', 'success', 'completed', 'complete', 'finished']);
/** How long a result with fewer images than asked for may still be growing. */
const LATE_IMAGES_MS = 10 * 60_000;

/**
 * The state of a task document. The rules are numbered as in `docs/states.md`.
 * @param document the parsed task document
 * @param createdAtMs when the task was made, epoch milliseconds
 * @param nowMs epoch milliseconds
 */
export function taskState(document: JsonObject, createdAtMs: number, nowMs: number): TaskState {
  const response = own(document, 'response');
  if (!isObject(response)) return 'pending'; // 1

  const words = [document, response].flatMap((holder) => statusWords(holder));
  if (words.some((word) => FAILED_WORDS.has(word))) return 'failed'; // 2
  if (words.some((word) => !SUCCESS_WORDS.has(word))) return 'pending'; // 3

  const success = own(response, 'success');
  const finishedAt = own(document, 'finished_at') ?? own(response, 'finished_at');
  const isFinished = finishedAt !== undefined && finishedAt !== null;

  const images = imageUrls(document).length;
  if (images > 0 && success !== false) {
    // 4: more images were asked for than are here
    const stillGrowing =
      requestedCount(document) > images && !isFinished && nowMs - createdAtMs < LATE_IMAGES_MS;
    return stillGrowing ? 'pending' : 'succeeded';
  }
  const error = own(response, 'error');
  if (success === false && isObject(error) && hasCode(error)) return 'failed'; // 5
  if (isFinished) return success === true ? 'succeeded' : 'failed'; // 6
  return 'pending'; // 7
}

/** The http(s) image links of a task's result, in its order. */
export function imageUrls(document: JsonObject): string[] {
  const data = own(ownObject(document, 'response'), 'data');
  if (!Array.isArray(data)) return [];
  return data
    .map((item: unknown) => (isObject(item) ? own(item, 'image_url') : undefined))
    .filter((url): url is string => typeof url === 'string' && /^https?:\/\//i.test(url));
}

function statusWords(holder: JsonObject): string[] {
  return [own(holder, 'state'), own(holder, 'status')]
    .filter((word): word is string => typeof word === 'string')
    .map((word) => word.trim().toLowerCase());
}

function requestedCount(document: JsonObject): number {
  const count = own(ownObject(document, 'request'), 'count');
  return typeof count === 'number' ? count : 1;
}

function hasCode(error: JsonObject): boolean {
  const code = own(error, 'code');
  return (typeof code === 'string' && code !== '') || typeof code === 'number';
}
