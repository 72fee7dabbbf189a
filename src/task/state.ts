/**
 * Is a task finished? The strictest reading of the vendor's own clients, because a cache must never freeze
 * what can still change: when in doubt a task is pending, which costs one more request.
 */

import { FLUX } from '../service/flux.ts';
import { isObject, type JsonObject, own, ownObject } from './json-object.ts';

export type TaskState = 'pending' | 'succeeded' | 'failed';

const { finished: FINISHED, members: MEMBERS } = FLUX;

/**
 * The state of a task document. The rules are numbered as in `docs/states.md`.
 * @param document the parsed task document
 * @param createdAtMs when the task was made, epoch milliseconds
 * @param nowMs epoch milliseconds
 */
export function taskState(document: JsonObject, createdAtMs: number, nowMs: number): TaskState {
  const response = own(document, MEMBERS.response);
  if (!isObject(response)) return 'pending'; // 1

  const words = [document, response].flatMap((holder) => statusWords(holder));
  if (words.some((word) => FINISHED.failureWords.has(word))) return 'failed'; // 2
  if (words.some((word) => !FINISHED.successWords.has(word))) return 'pending'; // 3

  const success = own(response, 'success');
  const finishedAt = own(document, 'finished_at') ?? own(response, 'finished_at');
  const isFinished = finishedAt !== undefined && finishedAt !== null;

  const images = imageUrls(document).length;
  if (images > 0 && success !== false) {
    // 4: more images were asked for than are here
    const stillGrowing =
      requestedCount(document) > images && !isFinished && nowMs - createdAtMs < FINISHED.lateArtifactsMs;
    return stillGrowing ? 'pending' : 'succeeded';
  }
  const error = own(response, 'error');
  if (success === false && isObject(error) && hasCode(error)) return 'failed'; // 5
  if (isFinished) return success === true ? 'succeeded' : 'failed'; // 6
  return 'pending'; // 7
}

/** The http(s) image links of a task's result, in its order. */
export function imageUrls(document: JsonObject): string[] {
  return resultsOf(document)
    .map((result) => own(result, MEMBERS.artifactUrl))
    .filter((url): url is string => typeof url === 'string' && /^https?:\/\//i.test(url));
}

/** The objects among the results. */
export function resultsOf(document: JsonObject): JsonObject[] {
  const results = own(ownObject(document, MEMBERS.response), MEMBERS.results);
  return Array.isArray(results) ? results.filter(isObject) : [];
}

function statusWords(holder: JsonObject): string[] {
  return FINISHED.statusMembers
    .map((member) => own(holder, member))
    .filter((word): word is string => typeof word === 'string')
    .map((word) => word.trim().toLowerCase());
}

function requestedCount(document: JsonObject): number {
  const count = own(ownObject(document, MEMBERS.request), MEMBERS.count);
  return typeof count === 'number' ? count : 1;
}

function hasCode(error: JsonObject): boolean {
  const code = own(error, 'code');
  return (typeof code === 'string' && code !== '') || typeof code === 'number';
}
