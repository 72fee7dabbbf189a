/**
 * Decides whether a task is finished, by the strictest interpretation among the vendor's own clients: a cache must never
 * freeze what can still change. When in doubt a task is pending, which costs one more request.
 */

import { FLUX } from '../service/flux.ts';
import { listArtifacts } from './artifacts.ts';
import { parseEpochMs } from './epoch-time.ts';
import { getOwn, isObject, type JsonObject } from './json-object.ts';
import { getRequest, getResponse, listResults } from './members.ts';

export type TaskState = 'pending' | 'succeeded' | 'failed';

const { finished: FINISHED, members: MEMBERS } = FLUX;

/**
 * The state of a task document. The rules are numbered as in `docs/states.md`.
 * @param document the parsed task document
 * @param createdAtMs creation time of the task, epoch milliseconds
 * @param nowMs epoch milliseconds
 */
export function decideTaskState(document: JsonObject, createdAtMs: number, nowMs: number): TaskState {
  const response = getResponse(document);
  const ending = readEnding(document, response);
  if (ending === 'not yet') return 'pending'; // 0
  if (response === undefined) return 'pending'; // 1

  const words = [document, response, ...listResults(document)].flatMap(listStatusWords);
  if (words.some((word) => FINISHED.failureWords.has(word))) return 'failed'; // 2
  if (words.some((word) => !FINISHED.successWords.has(word))) return 'pending'; // 3

  const success = getOwn(response, 'success');
  const artifacts = listArtifacts(document).length;
  if (artifacts > 0 && success !== false) {
    // 4: fewer than requested
    const isStillGrowing =
      getRequestedCount(document) > artifacts &&
      ending !== 'ended' &&
      nowMs - createdAtMs < FINISHED.lateArtifactsMs;
    return isStillGrowing ? 'pending' : 'succeeded';
  }
  const error = getOwn(response, 'error');
  if (success === false && (words.length > 0 || (isObject(error) && hasCode(error)))) return 'failed'; // 5
  if (ending === 'ended') return success === true ? 'succeeded' : 'failed'; // 6
  return 'pending'; // 7
}

/** Whether the task has ended according to `finished_at` of the document, else of the response; undefined if neither has it. */
function readEnding(document: JsonObject, response: JsonObject = {}): 'not yet' | 'ended' | undefined {
  const atTop = getOwn(document, FINISHED.timeMember);
  const written = atTop === undefined ? getOwn(response, FINISHED.timeMember) : atTop;
  if (written === undefined) return undefined;
  if (written === null || written === '' || written === 0 || written === false) return 'not yet';
  return parseEpochMs(written) === undefined ? undefined : 'ended';
}

function listStatusWords(object: JsonObject): string[] {
  return FINISHED.statusMembers
    .map((member) => getOwn(object, member))
    .filter((word): word is string => typeof word === 'string')
    .map((word) => word.trim().toLowerCase());
}

function getRequestedCount(document: JsonObject): number {
  const count = getOwn(getRequest(document), MEMBERS.count);
  return typeof count === 'number' ? count : 1;
}

function hasCode(error: JsonObject): boolean {
  const code = getOwn(error, 'code');
  return (typeof code === 'string' && code !== '') || typeof code === 'number';
}
