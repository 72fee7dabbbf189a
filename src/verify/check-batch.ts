/** Checks one batch of tasks against the upstream, one request at a time. */
import type { Store } from '../store/contract/store.ts';
import type { StoredTask } from '../store/contract/tasks.ts';
import type { TaskId } from '../task/id.ts';
import { UpstreamError } from '../upstream/errors.ts';
import {
  type CooldownDeps,
  type CooldownOptions,
  requestWithCooldowns,
} from '../upstream/wait-for-cooldowns.ts';
import { compareDocuments } from './compare.ts';
import { type FetchCopiesDeps, fetchCopies, type UpstreamCopy } from './fetch-copies.ts';
import type { Finding, TaskCounts } from './finding.ts';
import { createPace } from './pace.ts';

export interface CheckBatchDeps extends CooldownDeps, Omit<FetchCopiesDeps, 'send'> {
  readonly store: Pick<Store, 'getMany'>;
}

export interface CheckBatchOptions extends Pick<CooldownOptions, 'signal' | 'onWait'> {
  readonly onFinding: (finding: Finding) => void;
}

export interface BatchChecker {
  /** @throws StoreError, or the signal's reason */
  check(ids: readonly TaskId[]): Promise<CheckedBatch>;
  readonly counts: Readonly<TaskCounts>;
}

export interface CheckedBatch {
  /** What is stored of it now. */
  readonly stored: readonly StoredTask[];
  /** Why the upstream answered for none of the tasks, or not for all. */
  readonly failure: BatchFailure | undefined;
}

interface BatchFailure {
  readonly reason: string;
  /** Whether further batches would fail in the same way. */
  readonly isFinal: boolean;
}

/** From the start of an upstream request to that of the next: the callers of a running server need the same upstream. */
const REQUEST_INTERVAL_MS = 500;
/** How often a rate limit may refuse the same request. */
const MAX_REFUSALS = 5;

export function createBatchChecker(deps: CheckBatchDeps, options: CheckBatchOptions): BatchChecker {
  const { signal, onWait, onFinding } = options;
  const pace = createPace(deps.clock, REQUEST_INTERVAL_MS);
  const counts: TaskCounts = {
    ...{ checked: 0, same: 0, reformatted: 0, changed: 0, gone: 0, notChecked: 0, requests: 0 },
  };

  const send = <Result>(request: () => Promise<Result>): Promise<Result> =>
    requestWithCooldowns(
      deps,
      async () => {
        await pace.wait(signal);
        counts.requests += 1;
        return request();
      },
      { signal, onWait, maxRefusals: MAX_REFUSALS },
    );

  const record = (task: StoredTask, copy: UpstreamCopy): void => {
    const { id, state } = task;
    if (copy.kind === 'failed') {
      counts.notChecked += 1;
      onFinding({ kind: 'not-checked', id, state, reason: copy.reason });
      return;
    }
    counts.checked += 1;
    if (copy.kind === 'unknown') {
      counts.gone += 1;
      onFinding({ kind: 'gone', id, state });
      return;
    }
    const { document } = copy;
    const comparison = compareDocuments(task.text, document.text);
    counts[comparison.kind] += 1;
    if (comparison.kind !== 'changed') return;
    const { changes, count } = comparison;
    onFinding({ kind: 'changed', id, state, upstreamState: document.state, changes, changeCount: count });
  };

  return {
    counts,
    check: async (ids) => {
      const copies = new Map<TaskId, UpstreamCopy>();
      const error = await fetchCopies({ ...deps, send }, ids, copies).catch(assertUpstreamError);
      signal.throwIfAborted();
      // Read now: what was forgotten meanwhile is no difference.
      const stored = await deps.store.getMany(ids);
      for (const task of stored)
        record(task, copies.get(task.id) ?? { kind: 'failed', reason: error?.message ?? 'not answered' });
      return { stored, failure: error ? describeFailure(error) : findCommonFailure([...copies.values()]) };
    },
  };
}

function assertUpstreamError(error: unknown): UpstreamError {
  if (error instanceof UpstreamError) return error;
  throw error;
}

function describeFailure(error: UpstreamError): BatchFailure {
  const isFinal = error.isRejection || error.isPriceQuote || error.asksToWait;
  return { reason: error.message, isFinal };
}

/** The upstream answers, and refuses each task for itself. */
function findCommonFailure(copies: readonly UpstreamCopy[]): BatchFailure | undefined {
  const [first] = copies;
  if (first?.kind !== 'failed' || copies.some(({ kind }) => kind !== 'failed')) return undefined;
  return { reason: first.reason, isFinal: false };
}
