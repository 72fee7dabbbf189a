/** Reads one page of the upstream's history list into the store. */
import { logUnusable } from '../store/contract/batch-result.ts';
import type { Batch, BatchResult } from '../store/contract/tasks.ts';
import { nextCheckDelay } from '../task/next-check.ts';
import type { SyncDeps } from './deps.ts';
import type { HistoryScope } from './scopes.ts';

export interface StoredPage {
  readonly timesMs: readonly number[];
  readonly count: number | undefined;
  readonly result: BatchResult;
}

/** The upstream's own limit is unknown, so pages may be shorter than requested. */
export const PAGE_SIZE = 100;

/**
 * Requests one page and stores it; unfinished tasks become tracked, removed ones stay removed.
 * @param window additional request members
 * @param announces of which tasks that finish webhooks are told
 * @throws UpstreamError
 */
export async function readPage(
  deps: SyncDeps,
  token: string,
  scope: HistoryScope,
  window: Record<string, number>,
  announces: NonNullable<Batch['announces']>,
): Promise<StoredPage> {
  const { store, upstream, clock, random } = deps;
  const requestSeq = await store.nextRequestSeq();
  const body = JSON.stringify({ action: 'retrieve_batch', limit: PAGE_SIZE, ...scope, ...window });
  const { documents, count } = await upstream.list(body, { token, priority: 'background' });
  const fetchedAtMs = clock.now();
  const result = await store.storeDocuments({
    documents,
    requestSeq,
    fetchedAtMs,
    trackPendingAtMs: fetchedAtMs + nextCheckDelay(0, random),
    isUnasked: true,
    announces,
  });
  logUnusable(result, deps.log);
  return { timesMs: documents.map(({ createdAtMs }) => createdAtMs), count, result };
}
