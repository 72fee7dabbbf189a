/** The history list of an account: from the upstream if it responds, else from the cache. */
import type { TaskFilter } from '../store/contract/tasks.ts';
import { UpstreamError } from '../upstream/errors.ts';
import { type Caller, type MirrorDeps, upstreamAuthFor } from './deps.ts';
import { relayError } from './errors.ts';
import {
  type CacheStatus,
  createItemsResponse,
  forwardResponse,
  type MirrorResponse,
} from './mirror-response.ts';
import { storeAnswer } from './store-answer.ts';

export interface HistoryRequest {
  readonly filter: TaskFilter;
  readonly limit: number;
  readonly offset: number;
  /** The caller's own body, sent to the upstream unchanged. */
  readonly body: string;
}

/** Statuses that mean the request is wrong, not that the upstream failed: they are forwarded to the caller. */
const CLIENT_ERRORS = new Set([400, 402, 404, 413, 422]);

/** Answers `{"action":"retrieve_batch"}` without ids. The upstream's response is stored and forwarded unchanged. */
export async function listHistory(
  deps: MirrorDeps,
  request: HistoryRequest,
  caller: Caller,
): Promise<MirrorResponse> {
  const { store, upstream, clock } = deps;
  const listFromCache = async (status: CacheStatus) => {
    const filter = caller.limits ? { ...request.filter, within: caller.limits } : request.filter;
    const { tasks, count } = await store.list(filter, request);
    return createItemsResponse(tasks, count, status, clock.now());
  };
  if (caller.control.onlyIfCached) return listFromCache({ hit: true, detail: 'only-if-cached' });
  if (deps.offline) return listFromCache({ hit: true, detail: 'offline' });
  // The upstream lists the whole account, and its count would reveal how many tasks others have.
  if (caller.limits) return listFromCache({ hit: true });
  const auth = upstreamAuthFor(deps, caller);
  if (!auth) return listFromCache({ hit: true, detail: 'stale-if-error' });

  try {
    const requestSeq = await store.nextRequestSeq();
    const { documents, answer } = await upstream.list(request.body, auth);
    const stored = await storeAnswer(deps, documents, requestSeq, { isUnasked: true });
    return forwardResponse(answer, { fwd: 'bypass', stored });
  } catch (error) {
    if (!(error instanceof UpstreamError)) throw error;
    if (error.status !== undefined && CLIENT_ERRORS.has(error.status)) return relayError(error);
    return listFromCache({ hit: true, detail: 'stale-if-error' });
  }
}
