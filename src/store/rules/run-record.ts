/** A sync run as a row keeps it: the counts as JSON, so that a new one needs no new column. */
import {
  createEmptyCounts,
  type Run,
  type RunCounts,
  type RunOutcome,
  type RunTrigger,
} from '../contract/runs.ts';

/** A stored run. */
export interface RunRow {
  readonly id: number;
  readonly trigger: string;
  readonly startedAt: number;
  readonly endedAt: number | null;
  readonly outcome: string;
  readonly counts: string;
  readonly error: string | null;
}

export function encodeCounts(counts: RunCounts): string {
  return JSON.stringify(counts);
}

/** Counts that did not exist yet when the run was stored are zero. */
export function decodeRun(row: RunRow): Run {
  return {
    id: row.id,
    trigger: row.trigger as RunTrigger, // nobody else writes them
    startedAtMs: row.startedAt,
    endedAtMs: row.endedAt ?? undefined,
    outcome: row.outcome as RunOutcome,
    counts: { ...createEmptyCounts(), ...(JSON.parse(row.counts) as Partial<RunCounts>) },
    error: row.error ?? undefined,
  };
}
