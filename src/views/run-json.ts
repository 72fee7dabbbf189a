/** A sync run as people and programs read it; the same for the route and the command. */
import { isoTime } from '../lib/iso-time.ts';
import type { Run, RunCounts } from '../store/contract/runs.ts';
import type { RunCountsView, RunView } from './run-schema.ts';

export function runJson(run: Run): RunView {
  return {
    id: run.id,
    trigger: run.trigger,
    started_at: isoTime(run.startedAtMs),
    ended_at: isoTime(run.endedAtMs),
    outcome: run.outcome,
    ...countsJson(run.counts),
    error: run.error ?? null,
  };
}

export function countsJson(counts: RunCounts): RunCountsView {
  const { givenUp, ...others } = counts;
  return { ...others, given_up: givenUp };
}
