/**
 * Decides whether a task is finished, by the strictest interpretation among the vendor's own clients: a cache must never
 * freeze what can still change. When in doubt a task is pending, which costs one more request.
 */

import { FLUX } from '../service/flux.ts';
import { getOwn, getOwnObject, isObject, type JsonObject } from './json-object.ts';

export type TaskState = 'pending' | 'succeeded' | 'failed';

const { finished: FINISHED, members: MEMBERS } = FLUX;

/**
 * The state of a task document. The rules are numbered as in `docs/states.md`.
 * @param document the parsed task document
 * @param createdAtMs creation time of the task, epoch milliseconds
 * @param nowMs epoch milliseconds
 */
export function decideTaskState(document: JsonObject, createdAtMs: number, nowMs: number): TaskState {
  const response = getOwn(document, MEMBERS.response);
  if (!isObject(response)) return 'pending'; // 1

  const words = [document, response].flatMap((object) => listStatusWords(object));
  if (words.some((word) => FINISHED.failureWords.has(word))) return 'failed'; // 2
  if (words.some((word) => !FINISHED.successWords.has(word))) return 'pending'; // 3

  const success = getOwn(response, 'success');
  const finishedAt = getOwn(document, 'finished_at') ?? getOwn(response, 'finished_at');
  const isFinished = finishedAt !== undefined && finishedAt !== null;

  const images = listImageUrls(document).length;
  if (images > 0 && success !== false) {
    // 4: fewer images than requested
    const isStillGrowing =
      getRequestedCount(document) > images && !isFinished && nowMs - createdAtMs < FINISHED.lateArtifactsMs;
    return isStillGrowing ? 'pending' : 'succeeded';
  }
  const error = getOwn(response, 'error');
  if (success === false && isObject(error) && hasCode(error)) return 'failed'; // 5
  if (isFinished) return success === true ? 'succeeded' : 'failed'; // 6
  return 'pending'; // 7
}

/** The http(s) image links of a task's results, in order. */
export function listImageUrls(document: JsonObject): string[] {
  return listResults(document)
    .map((result) => getOwn(result, MEMBERS.artifactUrl))
    .filter((url): url is string => typeof url === 'string' && /^https?:\/\//i.test(url));
}

/** The results that are JSON objects. */
export function listResults(document: JsonObject): JsonObject[] {
  const results = getOwn(getOwnObject(document, MEMBERS.response), MEMBERS.results);
  return Array.isArray(results) ? results.filter(isObject) : [];
}

function listStatusWords(object: JsonObject): string[] {
  return FINISHED.statusMembers
    .map((member) => getOwn(object, member))
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
