/** Deletes a task: at the upstream first, then locally only if the upstream confirmed it. */

import { removeTask } from '../archive/remove-task.ts';
import { ApiError } from '../lib/api-error.ts';
import type { TaskId } from '../task/id.ts';
import { UpstreamError } from '../upstream/errors.ts';
import { type Caller, type MirrorDeps, upstreamAuthFor } from './deps.ts';
import { relayError } from './errors.ts';
import { forwardResponse, type MirrorResponse } from './mirror-response.ts';
import { maySee, taskNotFound } from './visibility.ts';

/**
 * Answers `{"action":"delete","id":…}`.
 * @param body the request as it was read
 * @throws ApiError 503 when offline, 404 for a task the caller may not see, 502 when the upstream
 *   can't be reached; in all these cases nothing is deleted
 */
export async function deleteTask(
  deps: MirrorDeps,
  id: TaskId,
  body: string,
  caller: Caller,
): Promise<MirrorResponse> {
  if (deps.offline || caller.control.onlyIfCached) {
    throw new ApiError(
      503,
      'api_error',
      'deleting needs the upstream, and the mirror is offline: nothing was deleted',
    );
  }
  const auth = upstreamAuthFor(deps, caller);
  // Unlike a read, it is wanted for its effect: it is sent even if its caller has hung up.
  const waiter = { caller: auth.waiter.caller };
  const request = caller.limits ? await restrictDeletion(deps, id, caller) : (caller.payment?.body ?? body);
  try {
    const { deleted, answer } = await deps.upstream.remove(request, { ...auth, waiter });
    if (deleted) await removeTask(deps, id);
    return forwardResponse(answer, { fwd: 'bypass' });
  } catch (error) {
    if (error instanceof UpstreamError) return relayError(error);
    throw error;
  }
}

/**
 * The delete request of a limited caller, rebuilt from the checked id: with a duplicate member, the upstream could read
 * the other value.
 * @throws ApiError 404 for a task the caller may not see
 */
async function restrictDeletion(deps: MirrorDeps, id: TaskId, caller: Caller): Promise<string> {
  const task = await deps.store.get(id);
  if (!task || !maySee(caller, task)) throw taskNotFound();
  return JSON.stringify({ action: 'delete', id });
}
