/** One page of the upstream's history list into the store. */
import { activeBlock, blockAfter, liftBlock } from '../mirror/blocking.ts';
import type { BatchResult } from '../store/contract/tasks.ts';
import { nextCheckDelay } from '../task/next-check.ts';
import { UpstreamError } from '../upstream/errors.ts';
import type { SyncParts } from './parts.ts';
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
  parts: SyncParts,
  token: string,
  scope: HistoryScope,
  window: Record<string, number>,
): Promise<StoredPage> {
  const { store, upstream, clock, random } = parts;
  const requestSeq = await store.nextRequestSeq();
  const body = JSON.stringify({ action: 'retrieve_batch', limit: PAGE_SIZE, ...scope, ...window });
  const { documents, count } = await upstream.list(body, { token, patience: 'background' });
  const fetchedAtMs = clock.now();
  const result = await store.putBatch({
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
  parts: SyncParts,
  ask: () => Promise<StoredPage>,
  signal: AbortSignal,
  onWait: (untilMs: number) => void,
): Promise<StoredPage> {
  for (;;) {
    signal.throwIfAborted();
    const block = await activeBlock(parts);
    if (block?.reason === 'rate-limited') {
      onWait(block.untilMs);
      await parts.clock.sleep(block.untilMs - parts.clock.now(), signal);
    }
    try {
      const page = await ask();
      await liftBlock(parts);
      return page;
    } catch (error) {
      const isLimit =
        error instanceof UpstreamError && (error.status === 429 || error.retryAfterMs !== undefined);
      if (!isLimit) throw error;
      if (error.kind !== 'blocked') await blockAfter(parts, 'rate-limited', error);
    }
  }
}
