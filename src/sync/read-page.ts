/** Reads one page of the upstream's history list into the store. */
import { logUnusable } from '../store/contract/batch-result.ts';
import type { Batch, BatchResult } from '../store/contract/tasks.ts';
import { nextCheckDelay } from '../task/next-check.ts';
import { UpstreamError } from '../upstream/errors.ts';
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

/**
 * Reads a page, waiting for rate-limit cooldowns to pass.
 * @param onWait called with the end of a cooldown, epoch milliseconds
 * @throws UpstreamError for anything but a rate limit, or the signal's reason
 */
export async function readPageWithCooldowns(
  { breaker, clock }: Pick<SyncDeps, 'breaker' | 'clock'>,
  fetchPage: () => Promise<StoredPage>,
  signal: AbortSignal,
  onWait: (untilMs: number) => void,
): Promise<StoredPage> {
  for (;;) {
    signal.throwIfAborted();
    const circuit = await breaker.readCircuit();
    if (circuit?.reason === 'rate-limited') {
      onWait(circuit.untilMs);
      await clock.sleep(circuit.untilMs - clock.now(), signal);
    }
    try {
      const page = await fetchPage();
      await breaker.closeCircuit();
      return page;
    } catch (error) {
      if (!(error instanceof UpstreamError) || !error.asksToWait) throw error;
    }
  }
}
