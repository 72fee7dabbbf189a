/** Backfills the store from the upstream's whole history list, resuming where it was stopped. */
import { addResult, createEmptyResult } from '../store/contract/batch-result.ts';
import { OUTLAST_A_KILLED_PROCESS_MS, runInTurn } from '../store/contract/run-in-turn.ts';
import type { BatchResult } from '../store/contract/tasks.ts';
import { UpstreamError } from '../upstream/errors.ts';
import { requestWithCooldowns } from '../upstream/wait-for-cooldowns.ts';
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
import { readPage } from './read-page.ts';
import { formatScope, type HistoryScope, listHistoryScopes } from './scopes.ts';

export interface BackfillOptions {
  readonly upstreamUrl: string;
  /** Ignores the checkpoint and starts from the top. */
  readonly restart: boolean;
  /** Stops after the page in progress. */
  readonly signal: AbortSignal;
  /** Tasks read so far, of approximately how many. */
  readonly onProgress: (done: number, total: number) => void;
  /** Called during a cooldown, with its end in epoch milliseconds. */
  readonly onWait: (untilMs: number) => void;
}

export interface BackfillResult {
  readonly outcome: 'done' | 'stopped' | 'failed';
  readonly requests: number;
  readonly stored: BatchResult;
  /** One error per failed scope. */
  readonly errors: readonly string[];
}

/** Limit for accounts where new tasks keep arriving; `discover` finds those. */
const MAX_WALKS = 20;

interface Tally {
  requests: number;
  done: number;
  readonly stored: BatchResult;
}

/** Upstream failures are reported in the result; only errors of the store are thrown. */
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
      const checkpoint = openCheckpoint(deps.store, options.upstreamUrl, scope);
      const isRead = await runInTurn(
        deps,
        `backfill ${options.upstreamUrl} ${formatScope(scope)}`,
        () => backfillScope({ deps, token, scope, checkpoint, options, tally }),
        { waitMs: OUTLAST_A_KILLED_PROCESS_MS, signal: options.signal },
      );
      if (!isRead) errors.push(`${formatScope(scope)}: another process is reading it`);
    } catch (error) {
      if (options.signal.aborted) break;
      if (!(error instanceof UpstreamError)) throw error;
      errors.push(`${formatScope(scope)}: ${error.message}`);
      // Other scopes of the same token would fail in the same way.
      const isHopeless = error.status === undefined || error.status === 401 || error.status >= 500;
      if (isHopeless) break;
    }
  }
  const outcome = options.signal.aborted ? 'stopped' : errors.length > 0 ? 'failed' : 'done';
  return { outcome, requests: tally.requests, stored: tally.stored, errors };
}

/** An account that was read without limits before stays so: the owners of stored documents must not narrow it. */
async function listScopesToRead(deps: SyncDeps, { upstreamUrl }: BackfillOptions): Promise<HistoryScope[]> {
  const isNarrowed = deps.userIds.length + deps.applicationIds.length > 0;
  const whole = isNarrowed ? undefined : await openCheckpoint(deps.store, upstreamUrl, {}).read();
  return whole ? [{}] : listHistoryScopes(deps.store, deps);
}

/** State of one scope's backfill. */
interface ScopeBackfill {
  readonly deps: SyncDeps;
  readonly token: string;
  readonly scope: HistoryScope;
  readonly checkpoint: Checkpoint;
  readonly options: BackfillOptions;
  /** Mutated. */
  readonly tally: Tally;
}

/** Walks down the list, and again from the top for tasks that arrived in the meantime, until none did. */
async function backfillScope(backfill: ScopeBackfill): Promise<void> {
  const { checkpoint, options } = backfill;
  let walk = options.restart ? beginWalk(0) : ((await checkpoint.read()) ?? beginWalk(0));
  for (let walks = 0; walks < MAX_WALKS; walks += 1) {
    const done = await walkDown(backfill, walk);
    walk = beginWalk(computeNextFloor(done));
    await checkpoint.write(walk);
    if (done.pages <= 1 || hasNothingNewer(done)) return;
  }
}

/** @returns the completed walk */
async function walkDown(backfill: ScopeBackfill, start: Walk): Promise<Walk> {
  const { deps, token, scope, checkpoint, options, tally } = backfill;
  const fetchPage = (walk: Walk) => () => {
    tally.requests += 1;
    return readPage(deps, token, scope, walkWindow(walk), 'awaited');
  };
  for (let walk = start; ; ) {
    const page = await requestWithCooldowns(deps, fetchPage(walk), options);
    addResult(tally.stored, page.result);
    tally.done += page.timesMs.length;
    const below = Math.max(0, (page.count ?? 0) - walk.offset - page.timesMs.length);
    options.onProgress(tally.done, tally.done + below);
    const step = advanceWalk(walk, page);
    if (step.isOver) return step.walk;
    walk = step.walk;
    await checkpoint.write(walk);
  }
}
