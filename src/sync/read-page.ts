/** One page of the upstream's history list into the store. */
import type { BatchResult } from '../store/contract/tasks.ts';
import { nextCheckDelay } from '../task/next-check.ts';
import { UpstreamError } from '../upstream/errors.ts';
import type { SyncDeps } from './deps.ts';
import type { HistoryScope } from './scopes.ts';

export interface StoredPage {
  readonly timesMs: readonly number[];
  readonly count: number | undefined;
  readonly result: BatchResult;
}

/** The upstream's own limit is not known; a page that is shorter than asked for is no surprise. */
export const PAGE_SIZE = 100;

/**
 * Asks once, stores what comes; unfinished tasks become tracked, removed ones stay away.
 * @param window further members of the request
 * @throws UpstreamError
 */
export async function readPage(
  deps: SyncDeps,
  token: string,
  scope: HistoryScope,
  window: Record<string, number>,
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
  });
  return { timesMs: documents.map(({ createdAtMs }) => createdAtMs), count, result };
}

/**
 * The same, waiting as long as the upstream asks for.
 * @param onWait told until when, epoch milliseconds
 * @throws UpstreamError for anything but a rate limit, or the signal's reason
 */
export async function readPagePatiently(
  { breaker, clock }: Pick<SyncDeps, 'breaker' | 'clock'>,
  ask: () => Promise<StoredPage>,
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
      const page = await ask();
      await breaker.closeCircuit();
      return page;
    } catch (error) {
      if (!(error instanceof UpstreamError) || !error.asksToWait) throw error;
    }
  }
}
