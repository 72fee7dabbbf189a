/** A sync run as a row: counts are stored as JSON, so that a new count needs no new column. */
import { tryParseJson } from '../../lib/parse-json.ts';
import { isObject } from '../../task/json-object.ts';
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

/** Counts that damage made unreadable are zero: a record of the past must not make the mirror unready. */
export function decodeReadable(row: RunRow): Run {
  return decodeRun(areCounts(row.counts) ? row : { ...row, counts: '{}' });
}

/** Whether a text is the counts of a run: an object of numbers. */
export function areCounts(text: unknown): boolean {
  const counts = tryParseJson(String(text));
  return isObject(counts) && Object.values(counts).every((count) => typeof count === 'number');
}

/** Counts added after the run was stored are zero. */
function decodeRun(row: RunRow): Run {
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
