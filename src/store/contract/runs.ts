/** The record of sync runs. */
import type { MaybePromise } from './maybe-promise.ts';

export interface RunCounts {
  claimed: number;
  finished: number;
  pending: number;
  unknown: number;
  failed: number;
  givenUp: number;
  requests: number;
  regressions: number;
  /** Items of responses that were not stored: not requested, duplicate, or malformed. */
  dropped: number;
  /** Previously unknown tasks found in the history list. */
  discovered: number;
}

/** All counts zero. */
export function createEmptyCounts(): RunCounts {
  return {
    claimed: 0,
    finished: 0,
    pending: 0,
    unknown: 0,
    failed: 0,
    givenUp: 0,
    requests: 0,
    regressions: 0,
    dropped: 0,
    discovered: 0,
  };
}

export type RunTrigger = 'schedule' | 'api' | 'command';

export type RunOutcome =
  | 'running'
  | 'done'
  | 'stopped'
  | 'rejected'
  | 'rate-limited'
  | 'unreachable'
  | 'failed'
  | 'interrupted';

export interface Run {
  readonly id: number;
  readonly trigger: RunTrigger;
  readonly startedAtMs: number;
  readonly endedAtMs: number | undefined;
  readonly outcome: RunOutcome;
  readonly counts: RunCounts;
  readonly error: string | undefined;
}

/** The record of sync runs. */
export interface RunStore {
  startRun(run: { trigger: RunTrigger; startedAtMs: number }): MaybePromise<number>;
  endRun(
    id: number,
    end: { endedAtMs: number; outcome: RunOutcome; counts: RunCounts; error?: string },
  ): MaybePromise<void>;
  /** Newest first. */
  runs(limit: number): MaybePromise<Run[]>;
}
