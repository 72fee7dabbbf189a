/** The history list of an account: from the upstream if it responds, else from the cache. */
import type { HistoryPage, TaskFilter } from '../store/contract/tasks.ts';
import { UpstreamError } from '../upstream/errors.ts';
import type { UpstreamAuth } from '../upstream/upstream-auth.ts';
import { createWaiters } from '../upstream/waiters.ts';
import { type Caller, type MirrorDeps, upstreamAuthFor } from './deps.ts';
import { relayError } from './errors.ts';
import { mustWait } from './freshness.ts';
import {
  type CacheStatus,
  createConcatenatedResponse,
  forwardResponse,
  type MirrorResponse,
} from './mirror-response.ts';
import type { ReadThrough } from './read-through.ts';
import { storeAnswer } from './store-answer.ts';

export interface HistoryRequest {
  readonly filter: TaskFilter;
  readonly limit: number;
  readonly offset: number;
  /** The body for the upstream: the request as it was read. */
  readonly body: string;
}

/** Statuses that mean the request is wrong, not that the upstream failed: they are forwarded to the caller. */
const CLIENT_ERRORS = new Set([400, 402, 404, 413, 422]);

/** Answers `{"action":"retrieve_batch"}` without ids. The upstream's response is stored and forwarded unchanged. */
export async function listHistory(
  deps: MirrorDeps,
  { staleWait, lists }: Pick<ReadThrough, 'staleWait' | 'lists'>,
  request: HistoryRequest,
  caller: Caller,
): Promise<MirrorResponse> {
  const { readHistory, clock } = deps;
  const { filter, limit, offset } = request;
  const readCache = () =>
    readHistory(caller.limits ? { ...filter, within: caller.limits } : filter, { limit, offset });
  const answer = (page: HistoryPage, status: CacheStatus) =>
    createConcatenatedResponse([page], { count: page.total, cacheStatus: status, nowMs: clock.now() });
  const listFromCache = async (status: CacheStatus) => answer(await readCache(), status);

  if (caller.control.onlyIfCached) return listFromCache({ hit: true, detail: 'only-if-cached' });
  if (deps.offline) return listFromCache({ hit: true, detail: 'offline' });
  // The upstream lists the whole account, and its count would reveal how many tasks others have.
  if (caller.limits) return listFromCache({ hit: true });

  const auth = upstreamAuthFor(deps, caller);
  const waiters = createWaiters(auth.waiter);
  const fetch = () => fetchHistory(deps, request, { ...auth, waiters });
  // Clients poll their list: concurrent polls share one request.
  const key = `${auth.token ?? ''}\n${request.body}`;
  const refresh = auth.payment ? fetch() : (lists.join(key, auth.waiter) ?? lists.add(key, waiters, fetch()));
  try {
    const fresh = mustWait(caller) ? await refresh : await staleWait.wait(refresh);
    if (fresh) return fresh;
    const cached = await readCache();
    if (cached.total > 0) return answer(cached, { hit: true, detail: 'stale-while-revalidate' });
    return await refresh;
  } catch (error) {
    if (!(error instanceof UpstreamError)) throw error;
    if (error.status !== undefined && CLIENT_ERRORS.has(error.status)) return relayError(error);
    const cached = await readCache();
    // An empty list would mean that there are no tasks.
    if (cached.total === 0) return relayError(error);
    return answer(cached, { hit: true, detail: 'stale-if-error' });
  }
}

async function fetchHistory(
  deps: MirrorDeps,
  request: HistoryRequest,
  auth: UpstreamAuth,
): Promise<MirrorResponse> {
  const requestSeq = await deps.store.nextRequestSeq();
  const { documents, answer } = await deps.upstream.list(auth.payment?.body ?? request.body, auth);
  const stored = await storeAnswer(deps, documents, requestSeq, { isUnasked: true });
  return forwardResponse(answer, { fwd: 'bypass', stored });
}
