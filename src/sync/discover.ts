/** Discovers tasks created elsewhere with the same account, on the newest pages of its history list. */
import type { RunCounts } from '../store/contract/runs.ts';
import { UpstreamError } from '../upstream/errors.ts';
import type { SyncDeps } from './deps.ts';
import { PAGE_SIZE, readPage } from './read-page.ts';
import { type HistoryScope, listHistoryScopes } from './scopes.ts';

/** For older tasks there is `flux-mirror backfill`. */
const MAX_PAGES = 20;

/**
 * Reads the newest page of each scope, and further pages while they contain new tasks, to catch up after downtime.
 * A failure is logged; the sync run continues.
 * @param counts mutated
 */
export async function discover(
  deps: SyncDeps,
  token: string,
  counts: RunCounts,
  signal: AbortSignal | undefined,
): Promise<void> {
  try {
    for (const scope of await listHistoryScopes(deps.store, deps)) {
      await discoverScope(deps, token, scope, counts, signal);
    }
  } catch (error) {
    if (!(error instanceof UpstreamError)) throw error;
    deps.log.warn({ error: error.message }, 'looking for new tasks failed');
  }
}

async function discoverScope(
  deps: SyncDeps,
  token: string,
  scope: HistoryScope,
  counts: RunCounts,
  signal: AbortSignal | undefined,
): Promise<void> {
  for (let page = 0; page < MAX_PAGES && !signal?.aborted; page += 1) {
    counts.requests += 1;
    // New tasks arriving between two requests shift the pages; duplicates are stored once.
    const { timesMs, result } = await readPage(deps, token, scope, { offset: page * PAGE_SIZE }, 'all');
    counts.discovered += result.inserted;
    if (result.inserted === 0 || timesMs.length < PAGE_SIZE) return;
  }
}
