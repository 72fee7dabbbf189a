/**
 * What may be handed on of a callback. The address that the upstream calls stands in the task document, so whoever may see the
 * task could call it too: what was posted counts only as far as the finished document bears it out.
 */

import { isDeepStrictEqual } from 'node:util';
import type { Log } from '../lib/log.ts';
import { tryParseJson } from '../lib/parse-json.ts';
import type { Mirror } from '../mirror/mirror.ts';
import { FLUX } from '../service/flux.ts';
import type { DueCallback } from '../store/contract/callbacks.ts';
import type { Store } from '../store/contract/store.ts';
import type { TaskId } from '../task/id.ts';
import { getOwnObject, type JsonObject } from '../task/json-object.ts';
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

/** @returns what was posted, where it is the document's result; else the document's result; undefined while there is none */
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
  const result = getOwnObject(JSON.parse(task.text) as JsonObject, FLUX.members.response);
  if (result === undefined) return undefined;
  if (isDeepStrictEqual(tryParseJson(posted), result)) return { body, mediaType };
  return { body: Buffer.from(JSON.stringify(result)), mediaType: 'application/json' };
}

/** Asks for the document of a task that is said to be finished. Never fails: the schedule asks as well. */
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
