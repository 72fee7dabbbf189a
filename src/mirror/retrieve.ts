/** Retrieves one task: serves it from the cache if fresh, else fetches, stores and returns it. */
import { ApiError } from '../lib/api-error.ts';
import type { StoredTask } from '../store/contract/tasks.ts';
import type { TaskId } from '../task/id.ts';
import { type UpstreamAnswer, UpstreamError } from '../upstream/errors.ts';
import type { UpstreamAuth } from '../upstream/upstream-auth.ts';
import { type Caller, type MirrorDeps, upstreamAuthFor } from './deps.ts';
import { isPriceForCaller, relayError } from './errors.ts';
import { isFresh, mustWait } from './freshness.ts';
import {
  type CacheStatus,
  forwardResponse,
  type MirrorResponse,
  selectForwardedHeaders,
  taskResponse,
} from './mirror-response.ts';
import type { ReadThrough } from './read-through.ts';
import { maySee, taskNotFound } from './visibility.ts';

/**
 * Answers `{"action":"retrieve","id":…}`. A task the caller may not see gives the same response as one that doesn't exist.
 * @throws ApiError when there is nothing to serve
 */
export async function retrieve(
  deps: MirrorDeps,
  { fetcher, staleWait }: ReadThrough,
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
  // Without a token the upstream rejects unknown ids, so it must be asked for hidden ones too.
  if (isHidden && auth.token !== undefined) throw taskNotFound();
  const fwd = caller.control.noCache ? 'request' : cached ? 'stale' : 'miss';
  try {
    const fetching = fetcher.one(id, auth, caller.control, stored);
    const mayServeStale = cached !== undefined && !mustWait(caller);
    const refresh = mayServeStale ? await staleWait.wait(fetching) : await fetching;
    if (cached && !refresh)
      return taskResponse(cached, { hit: true, detail: 'stale-while-revalidate' }, clock.now());
    const { fetched, collapsed } = refresh ?? (await fetching);
    if (fetched.kind === 'found') {
      if (!maySee(caller, fetched.task)) throw taskNotFound();
      const status = { fwd, stored: fetched.stored, collapsed } as const;
      return taskResponse(fetched.task, status, clock.now(), fetched.headers);
    }
    // Stored tasks are kept, even when the upstream no longer knows them.
    if (cached) {
      return taskResponse(cached, UNKNOWN_TO_UPSTREAM, clock.now(), selectReceipt(fetched.answer, auth));
    }
    if (caller.limits) throw taskNotFound();
    const status: CacheStatus = fetched.isRemembered ? UNKNOWN_TO_UPSTREAM : { fwd, collapsed };
    if (fetched.answer) return forwardResponse(fetched.answer, status);
    throw new ApiError(404, 'not_found', 'the upstream does not know this task');
  } catch (error) {
    if (!(error instanceof UpstreamError)) throw error;
    if (cached && !isPriceForCaller(error, auth)) {
      const status = { hit: true, detail: 'stale-if-error' } as const;
      return taskResponse(cached, status, clock.now(), selectReceipt(error.answer, auth));
    }
    return relayError(error);
  }
}

const UNKNOWN_TO_UPSTREAM = { hit: true, detail: 'unknown-to-upstream' } as const;

/** The receipt of a paid request that is answered from the cache. */
function selectReceipt(answer: UpstreamAnswer | undefined, { payment }: UpstreamAuth) {
  return payment && answer ? selectForwardedHeaders(answer.headers) : undefined;
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
      'this task is not in the mirror, and only-if-cached forbids to ask for it',
    );
  }
  throw new ApiError(404, 'not_found', 'this task is not in the mirror, which is offline');
}
