/** The generation routes: forwards requests and responses unchanged, and reads the task id on the way. */
import { ApiError } from '../lib/api-error.ts';
import { chooseUpstreamToken, type MirrorDeps } from '../mirror/deps.ts';
import type { TaskId } from '../task/id.ts';
import type { Generation } from '../upstream/client.ts';
import { type StreamedAnswer, UpstreamError } from '../upstream/errors.ts';
import { collectBody, observeBody } from './bodies.ts';
import { type CallbackDeps, type PreparedGeneration, rewriteCallbackUrl } from './callbacks.ts';
import { addPlaceholder, type PlaceholderDeps } from './placeholder.ts';
import { summarizeRequest } from './request-summary.ts';
import { findTaskIdInResponse, tapTaskId } from './task-id.ts';

export interface GenerationDeps extends PlaceholderDeps, CallbackDeps {
  readonly upstream: MirrorDeps['upstream'];
  readonly isUpstreamForeign?: boolean;
  readonly offline: boolean;
}

const NDJSON = /^application\/(x-)?ndjson\b/i;

/**
 * Sent once and never retried: each request may be charged. It continues when the caller hangs up.
 * @returns the upstream's answer; its body is a stream when it is newline-delimited JSON
 * @throws ApiError 503 when offline, 403 for a payment to a foreign upstream, 502 when the upstream does not answer; whatever reading the caller's body throws
 */
export async function generate(
  deps: GenerationDeps,
  generation: Generation,
  caller: { readonly token: string | undefined; readonly isPaid: boolean },
): Promise<Omit<StreamedAnswer, 'body'> & { body: Uint8Array | AsyncIterable<Uint8Array> }> {
  if (deps.offline) {
    throw new ApiError(503, 'api_error', 'generating needs the upstream, and the mirror is offline');
  }
  const token = chooseUpstreamToken(deps, caller);
  // A paid request is forwarded unchanged.
  const prepared: PreparedGeneration = caller.isPaid
    ? { generation }
    : await rewriteCallbackUrl(deps, generation);
  const observed = observeBody(prepared.generation.body);
  const handleTaskId = async (id: TaskId) => {
    const request = summarizeRequest((prepared.original ?? observed.read()).toString());
    await addPlaceholder(deps, { id, kind: generation.kind, request, atMs: deps.clock.now() });
    if (prepared.callbackKey !== undefined) await recordCallbackTask(deps, prepared.callbackKey, id);
  };
  try {
    const { body, ...head } = await deps.upstream.generate(
      { ...prepared.generation, body: observed.body },
      token,
    );
    if (NDJSON.test(head.headers.get('content-type') ?? ''))
      return { ...head, body: tapTaskId(body, handleTaskId) };
    const whole = await collectBody(body);
    const id = findTaskIdInResponse(Buffer.from(whole).toString());
    if (id !== undefined) await handleTaskId(id);
    return { ...head, body: whole };
  } catch (error) {
    if (observed.error !== undefined) throw observed.error;
    if (error instanceof UpstreamError) throw new ApiError(502, 'api_error', error.message, { cause: error });
    throw error;
  }
}

/** Never throws: the answer must still be forwarded. Without this record, the id in the callback's body is used. */
async function recordCallbackTask(
  { store, log }: GenerationDeps,
  callbackKey: string,
  id: TaskId,
): Promise<void> {
  try {
    await store.setCallbackTask(callbackKey, id);
  } catch (error) {
    log.error({ err: error, id }, 'could not record the task of a callback');
  }
}
