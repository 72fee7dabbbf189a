/** Finds tasks that were made elsewhere with the same account: the newest pages of its history list. */
import type { RunCounts } from '../store/contract/runs.ts';
import { UpstreamError } from '../upstream/errors.ts';
import type { SyncDeps } from './deps.ts';
import { PAGE_SIZE, readPage } from './read-page.ts';
import { type HistoryScope, listHistoryScopes } from './scopes.ts';

/** Beyond this, `flux-mirror backfill` is the way. */
const MAX_PAGES = 20;

/**
 * Reads the newest page of each scope, and the next ones while they bring something new: after a night without the mirror it
 * catches up. A failure is noted and logged; the sync run goes on.
 * @param counts is added to
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
    // New tasks that arrive between two pages shift them; what comes twice is stored once.
    const { timesMs, result } = await readPage(deps, token, scope, { offset: page * PAGE_SIZE });
    counts.discovered += result.inserted;
    if (result.inserted === 0 || timesMs.length < PAGE_SIZE) return;
  }
}
