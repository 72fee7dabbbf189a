/** Retrieves one task: serves it from the cache if fresh, else fetches, stores and returns it. */
import { ApiError } from '../lib/api-error.ts';
import type { StoredTask } from '../store/contract/tasks.ts';
import type { TaskId } from '../task/id.ts';
import { UpstreamError } from '../upstream/errors.ts';
import type { CoalescingFetcher } from './coalescing-fetcher.ts';
import { type Caller, type MirrorDeps, upstreamAuthFor } from './deps.ts';
import { createMissingTokenError, relayError } from './errors.ts';
import { isFresh } from './freshness.ts';
import { forwardResponse, type MirrorResponse, taskResponse } from './mirror-response.ts';
import { maySee, taskNotFound } from './visibility.ts';

/**
 * Answers `{"action":"retrieve","id":…}`. A task the caller may not see gives the same response as one that doesn't exist.
 * @throws ApiError when there is nothing to serve
 */
export async function retrieve(
  deps: MirrorDeps,
  fetching: CoalescingFetcher,
  id: TaskId,
  caller: Caller,
): Promise<MirrorResponse> {
  const { store, clock } = deps;
  const stored = await store.get(id);
  const isHidden = stored !== undefined && !maySee(caller, stored);
  const cached = isHidden ? undefined : stored;
  if (cached && isFresh(cached, caller.control, deps.pendingTtlMs, clock.now())) {
    return taskResponse(cached, { hit: true }, clock.now());
  }
  if (caller.control.onlyIfCached || deps.offline) return answerFromCache(deps, cached, caller);

  const auth = upstreamAuthFor(deps, caller);
  if (!auth) {
    if (cached) return taskResponse(cached, { hit: true, detail: 'stale-if-error' }, clock.now());
    throw createMissingTokenError();
  }
  // Only here: without an upstream token, an unknown task gives the missing-token error as well.
  if (isHidden) throw taskNotFound();
  const fwd = caller.control.noCache ? 'request' : cached ? 'stale' : 'miss';
  try {
    const { fetched, collapsed } = await fetching.one(id, auth);
    if (fetched.kind === 'found') {
      if (!maySee(caller, fetched.task)) throw taskNotFound();
      return taskResponse(fetched.task, { fwd, stored: fetched.stored, collapsed }, clock.now());
    }
    // Stored tasks are kept, even when the upstream no longer knows them.
    if (cached) return taskResponse(cached, { hit: true, detail: 'unknown-to-upstream' }, clock.now());
    if (caller.limits) throw taskNotFound();
    if (fetched.answer) return forwardResponse(fetched.answer, { fwd, collapsed });
    throw new ApiError(404, 'not_found', 'the upstream does not know this task');
  } catch (error) {
    if (!(error instanceof UpstreamError)) throw error;
    if (cached) return taskResponse(cached, { hit: true, detail: 'stale-if-error' }, clock.now());
    return relayError(error);
  }
}

function answerFromCache(
  deps: MirrorDeps,
  cached: StoredTask | undefined,
  { control }: Caller,
): MirrorResponse {
  const detail = control.onlyIfCached ? 'only-if-cached' : 'offline';
  if (cached) return taskResponse(cached, { hit: true, detail }, deps.clock.now());
  if (control.onlyIfCached) {
    // RFC 9111, section 5.2.1.7: "respond with a 504 (Gateway Timeout) status code"
    throw new ApiError(
      504,
      'not_found',
      'this task is not in the mirror, and only-if-cached forbids fetching it',
    );
  }
  throw new ApiError(404, 'not_found', 'this task is not in the mirror, which is offline');
}
