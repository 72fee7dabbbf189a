/** A sync run as people and programs read it; the same for the route and the command. */

import { isoTime } from '../server/query-params.ts';
import type { Run, RunCounts } from '../store/contract/runs.ts';

export function runJson(run: Run) {
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

export function countsJson(counts: RunCounts) {
  const { givenUp, ...others } = counts;
  return { ...others, given_up: givenUp };
}
