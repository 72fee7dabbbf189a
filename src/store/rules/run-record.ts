/** A sync run as a row: counts are stored as JSON, so that a new count needs no new column. */
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

/** Counts added after the run was stored are zero. */
export function decodeRun(row: RunRow): Run {
  return {
    id: row.id,
    trigger: row.trigger as RunTrigger, // written only by startRun
    startedAtMs: row.startedAt,
    endedAtMs: row.endedAt ?? undefined,
    outcome: row.outcome as RunOutcome,
    counts: { ...createEmptyCounts(), ...(JSON.parse(row.counts) as Partial<RunCounts>) },
    error: row.error ?? undefined,
  };
}
