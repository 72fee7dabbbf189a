/** A sync run as JSON; the same for the route and the command. */
import { formatIsoTime } from '../lib/iso-time.ts';
import type { Run, RunCounts } from '../store/contract/runs.ts';
import type { RunCountsView, RunView, SyncResult } from './run-schema.ts';

type EndedRun = Pick<Run, 'outcome' | 'counts' | 'error'>;

export function serializeRun(run: Run): RunView {
  return {
    id: run.id,
    trigger: run.trigger,
    started_at: formatIsoTime(run.startedAtMs),
    ended_at: formatIsoTime(run.endedAtMs),
    outcome: run.outcome,
    ...serializeCounts(run.counts),
    error: run.error ?? null,
  };
}

/** A run that has just ended. */
export function serializeSyncResult({ outcome, counts, error }: EndedRun): SyncResult {
  return { outcome, ...serializeCounts(counts), error: error ?? null };
}

export function serializeCounts(counts: RunCounts): RunCountsView {
  const { givenUp, ...others } = counts;
  return { ...others, given_up: givenUp };
}
