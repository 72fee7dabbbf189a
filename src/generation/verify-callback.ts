/**
 * Decides what of a callback may be forwarded. The callback URL is part of the task document, so anyone who may see the task
 * can post to it: a posted result is trusted only if it matches the finished document.
 */

import { isDeepStrictEqual } from 'node:util';
import type { Log } from '../lib/log.ts';
import { tryParseJson } from '../lib/parse-json.ts';
import type { Mirror } from '../mirror/mirror.ts';
import type { DueCallback } from '../store/contract/callbacks.ts';
import type { Store } from '../store/contract/store.ts';
import { findMemberProblem } from '../task/ambiguous-members.ts';
import type { TaskId } from '../task/id.ts';
import type { JsonObject } from '../task/json-object.ts';
import { getResponse } from '../task/members.ts';
import { findTaskIdInResponse } from './task-id.ts';

export interface VerifiedCallback {
  readonly body: Uint8Array;
  readonly mediaType: string;
}

export interface VerifyDeps {
  readonly store: Pick<Store, 'get'>;
  readonly mirror: Pick<Mirror, 'retrieve'>;
  readonly log: Log;
}

/** @returns the posted body if it is the document's result, else the document's result; undefined until it is finished */
export async function verifyCallback(
  deps: VerifyDeps,
  { taskId, body, mediaType }: Pick<DueCallback, 'taskId' | 'body' | 'mediaType'>,
): Promise<VerifiedCallback | undefined> {
  const posted = Buffer.from(body).toString();
  const id = taskId ?? findTaskIdInResponse(posted);
  if (id === undefined) return undefined;
  await fetchResult(deps, id);
  const task = await deps.store.get(id);
  if (!task || task.state === 'pending') return undefined;
  const result = getResponse(JSON.parse(task.text) as JsonObject);
  if (result === undefined) return undefined;
  const isSame = isDeepStrictEqual(tryParseJson(posted), result) && findMemberProblem(posted) === undefined;
  if (isSame) return { body, mediaType };
  return { body: Buffer.from(JSON.stringify(result)), mediaType: 'application/json' };
}

/** Fetches the document of a task reported as finished. Never throws: the schedule retries. */
export async function fetchResult(
  { mirror, log }: Pick<VerifyDeps, 'mirror' | 'log'>,
  id: TaskId,
): Promise<void> {
  const control = { noCache: true, onlyIfCached: false, maxAgeMs: undefined };
  try {
    await mirror.retrieve(id, { token: undefined, control });
  } catch (error) {
    log.debug({ err: error, id }, 'a finished task could not be fetched yet');
  }
}
