/**
 * Is a task finished? The strictest reading of the vendor's own clients, because a cache must never freeze
 * what can still change: when in doubt a task is pending, which costs one more request.
 */

import { FLUX } from '../service/flux.ts';
import { getOwn, getOwnObject, isObject, type JsonObject } from './json-object.ts';

export type TaskState = 'pending' | 'succeeded' | 'failed';

const { finished: FINISHED, members: MEMBERS } = FLUX;

/**
 * The state of a task document. The rules are numbered as in `docs/states.md`.
 * @param document the parsed task document
 * @param createdAtMs when the task was made, epoch milliseconds
 * @param nowMs epoch milliseconds
 */
export function decideTaskState(document: JsonObject, createdAtMs: number, nowMs: number): TaskState {
  const response = getOwn(document, MEMBERS.response);
  if (!isObject(response)) return 'pending'; // 1

  const words = [document, response].flatMap((holder) => listStatusWords(holder));
  if (words.some((word) => FINISHED.failureWords.has(word))) return 'failed'; // 2
  if (words.some((word) => !FINISHED.successWords.has(word))) return 'pending'; // 3

  const success = getOwn(response, 'success');
  const finishedAt = getOwn(document, 'finished_at') ?? getOwn(response, 'finished_at');
  const isFinished = finishedAt !== undefined && finishedAt !== null;

  const images = listImageUrls(document).length;
  if (images > 0 && success !== false) {
    // 4: more images were asked for than are here
    const stillGrowing =
      getRequestedCount(document) > images && !isFinished && nowMs - createdAtMs < FINISHED.lateArtifactsMs;
    return stillGrowing ? 'pending' : 'succeeded';
  }
  const error = getOwn(response, 'error');
  if (success === false && isObject(error) && hasCode(error)) return 'failed'; // 5
  if (isFinished) return success === true ? 'succeeded' : 'failed'; // 6
  return 'pending'; // 7
}

/** The http(s) image links of a task's result, in its order. */
export function listImageUrls(document: JsonObject): string[] {
  return listResults(document)
    .map((result) => getOwn(result, MEMBERS.artifactUrl))
    .filter((url): url is string => typeof url === 'string' && /^https?:\/\//i.test(url));
}

/** The objects among the results. */
export function listResults(document: JsonObject): JsonObject[] {
  const results = getOwn(getOwnObject(document, MEMBERS.response), MEMBERS.results);
  return Array.isArray(results) ? results.filter(isObject) : [];
}

function listStatusWords(holder: JsonObject): string[] {
  return FINISHED.statusMembers
    .map((member) => getOwn(holder, member))
    .filter((word): word is string => typeof word === 'string')
    .map((word) => word.trim().toLowerCase());
}

function getRequestedCount(document: JsonObject): number {
  const count = getOwn(getOwnObject(document, MEMBERS.request), MEMBERS.count);
  return typeof count === 'number' ? count : 1;
}

function hasCode(error: JsonObject): boolean {
  const code = getOwn(error, 'code');
  return (typeof code === 'string' && code !== '') || typeof code === 'number';
}
