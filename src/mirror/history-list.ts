/** The history list of an account: asked of the upstream when it answers, from the cache when it does not. */
import type { TaskFilter } from '../store/contract/tasks.ts';
import { UpstreamError } from '../upstream/errors.ts';
import { keep } from './keeping.ts';
import { askingFor, type Caller, type MirrorParts } from './parts.ts';
import { relayError } from './refusal.ts';
import { type CacheStatus, relayed, type Served, servedItems } from './served.ts';

export interface HistoryRequest {
  readonly filter: TaskFilter;
  readonly limit: number;
  readonly offset: number;
  /** The caller's own body, which is what the upstream is asked with. */
  readonly body: string;
}

/** Statuses that mean "your request is wrong", not "I can't answer": they are the caller's to see. */
const CALLERS_FAULT = new Set([400, 402, 404, 413, 422]);

/** Answers `{"action":"retrieve_batch"}` without ids. What the upstream returns is stored, and handed on as it came. */
export async function historyList(
  parts: MirrorParts,
  request: HistoryRequest,
  caller: Caller,
): Promise<Served> {
  const { store, upstream, clock } = parts;
  const fromCache = async (status: CacheStatus) => {
    const filter = caller.limits ? { ...request.filter, within: caller.limits } : request.filter;
    const { tasks, count } = await store.list(filter, request);
    return servedItems(tasks, count, status, clock.now());
  };
  if (caller.control.onlyIfCached) return fromCache({ hit: true, detail: 'only-if-cached' });
  if (parts.offline) return fromCache({ hit: true, detail: 'offline' });
  // The upstream's list is its account's, and its count would tell how many tasks others have.
  if (caller.limits) return fromCache({ hit: true });
  const asking = askingFor(parts, caller);
  if (!asking) return fromCache({ hit: true, detail: 'stale-if-error' });

  try {
    const requestSeq = await store.nextRequestSeq();
    const { documents, answer } = await upstream.list(request.body, asking);
    const stored = await keep(parts, documents, requestSeq, { isUnasked: true });
    return relayed(answer, { fwd: 'bypass', stored });
  } catch (error) {
    if (!(error instanceof UpstreamError)) throw error;
    if (error.status !== undefined && CALLERS_FAULT.has(error.status)) return relayError(error);
    return fromCache({ hit: true, detail: 'stale-if-error' });
  }
}
