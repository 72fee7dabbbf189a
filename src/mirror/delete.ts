/** Deleting: the upstream first, and here only when it says that it did. */

import { removeTask } from '../archive/remove-task.ts';
import { ApiError } from '../lib/api-error.ts';
import type { TaskId } from '../task/id.ts';
import { UpstreamError } from '../upstream/errors.ts';
import { askingFor, type Caller, type MirrorParts } from './parts.ts';
import { noUpstreamToken, relayError } from './refusal.ts';
import { relayed, type Served } from './served.ts';
import { maySee, unknownHere } from './visibility.ts';

/**
 * Answers `{"action":"delete","id":…}`.
 * @param body the caller's own body, handed on
 * @throws ApiError 503 when offline, 401 without a token, 404 for a task that the caller may not see, 502 when the upstream
 *   can't be reached; nothing is deleted then
 */
export async function deleteTask(
  parts: MirrorParts,
  id: TaskId,
  body: string,
  caller: Caller,
): Promise<Served> {
  if (parts.offline || caller.control.onlyIfCached) {
    throw new ApiError(
      503,
      'api_error',
      'deleting needs the upstream, and the mirror is offline: nothing was deleted',
    );
  }
  const asking = askingFor(parts, caller);
  if (!asking) throw noUpstreamToken();
  const request = caller.limits ? await limitedRequest(parts, id, caller) : body;
  try {
    const { deleted, answer } = await parts.upstream.remove(request, asking);
    if (deleted) await removeTask(parts, id);
    return relayed(answer, { fwd: 'bypass' });
  } catch (error) {
    if (error instanceof UpstreamError) return relayError(error);
    throw error;
  }
}

/**
 * The request of a caller who may not see everything, written anew: of a member given twice, the upstream could read the
 * other one.
 * @throws ApiError 404 for a task that the caller may not see
 */
async function limitedRequest(parts: MirrorParts, id: TaskId, caller: Caller): Promise<string> {
  const task = await parts.store.get(id);
  if (!task || !maySee(caller, task)) throw unknownHere();
  return JSON.stringify({ action: 'delete', id });
}
