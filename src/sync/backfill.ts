/** Reads the upstream's whole history list into the store, and goes on where it was stopped. */
import { addResult, createEmptyResult } from '../store/contract/batch-result.ts';
import type { BatchResult } from '../store/contract/tasks.ts';
import { UpstreamError } from '../upstream/errors.ts';
import { type Checkpoint, openCheckpoint } from './checkpoints.ts';
import type { SyncDeps } from './deps.ts';
import {
  advanceWalk,
  beginWalk,
  computeNextFloor,
  hasNothingNewer,
  type Walk,
  walkWindow,
} from './history-walk.ts';
import { readPage, readPagePatiently } from './read-page.ts';
import { formatScope, type HistoryScope, listHistoryScopes } from './scopes.ts';

export interface BackfillOptions {
  readonly upstreamUrl: string;
  /** Begins anew. */
  readonly restart: boolean;
  /** Ends it after the page under way. */
  readonly signal: AbortSignal;
  /** How many tasks were read, of about how many. */
  readonly onProgress: (done: number, total: number) => void;
  /** The upstream has asked for a cooldown; epoch milliseconds. */
  readonly onWait: (untilMs: number) => void;
}

export interface BackfillResult {
  readonly outcome: 'done' | 'stopped' | 'failed';
  readonly requests: number;
  readonly stored: BatchResult;
  /** What went wrong, a scope each. */
  readonly errors: readonly string[];
}

/** Where new tasks never cease, somebody else must look after those to come. */
const MAX_WALKS = 20;

interface Tally {
  requests: number;
  done: number;
  readonly stored: BatchResult;
}

/** What fails is in the result; whatever else is thrown is the store's. */
export async function backfill(
  deps: SyncDeps,
  token: string,
  options: BackfillOptions,
): Promise<BackfillResult> {
  const tally: Tally = {
    requests: 0,
    done: 0,
    stored: createEmptyResult(),
  };
  const errors: string[] = [];
  for (const scope of await listScopesToRead(deps, options)) {
    try {
      const bookmark = openCheckpoint(deps.store, options.upstreamUrl, scope);
      await backfillScope({ deps, token, scope, bookmark, options, tally });
    } catch (error) {
      if (options.signal.aborted) break;
      if (!(error instanceof UpstreamError)) throw error;
      errors.push(`${formatScope(scope)}: ${error.message}`);
      // Another scope of the same token would be told the same, or find nobody there.
      const isHopeless = error.status === undefined || error.status === 401 || error.status >= 500;
      if (isHopeless) break;
    }
  }
  const outcome = options.signal.aborted ? 'stopped' : errors.length > 0 ? 'failed' : 'done';
  return { outcome, requests: tally.requests, stored: tally.stored, errors };
}

/** An account that was once read without limits goes on so: what it brought does not narrow it. */
async function listScopesToRead(deps: SyncDeps, { upstreamUrl }: BackfillOptions): Promise<HistoryScope[]> {
  const isNarrowed = deps.userIds.length + deps.applicationIds.length > 0;
  const whole = isNarrowed ? undefined : await openCheckpoint(deps.store, upstreamUrl, {}).read();
  return whole ? [{}] : listHistoryScopes(deps.store, deps);
}

/** A scope that is being read. */
interface ScopeBackfill {
  readonly deps: SyncDeps;
  readonly token: string;
  readonly scope: HistoryScope;
  readonly bookmark: Checkpoint;
  readonly options: BackfillOptions;
  /** Is added to. */
  readonly tally: Tally;
}

/** Walks down, and again from the top for what arrived meanwhile, until nothing did. */
async function backfillScope(backfill: ScopeBackfill): Promise<void> {
  const { bookmark, options } = backfill;
  let walk = options.restart ? beginWalk(0) : ((await bookmark.read()) ?? beginWalk(0));
  for (let walks = 0; walks < MAX_WALKS; walks += 1) {
    const done = await walkDown(backfill, walk);
    walk = beginWalk(computeNextFloor(done));
    await bookmark.write(walk);
    if (done.pages <= 1 || hasNothingNewer(done)) return;
  }
}

/** @returns the walk at its end */
async function walkDown(backfill: ScopeBackfill, start: Walk): Promise<Walk> {
  const { deps, token, scope, bookmark, options, tally } = backfill;
  const ask = (walk: Walk) => () => {
    tally.requests += 1;
    return readPage(deps, token, scope, walkWindow(walk));
  };
  for (let walk = start; ; ) {
    const page = await readPagePatiently(deps, ask(walk), options.signal, options.onWait);
    addResult(tally.stored, page.result);
    tally.done += page.timesMs.length;
    const below = Math.max(0, (page.count ?? 0) - walk.offset - page.timesMs.length);
    options.onProgress(tally.done, tally.done + below);
    const step = advanceWalk(walk, page);
    if (step.isOver) return step.walk;
    walk = step.walk;
    await bookmark.write(walk);
  }
}
