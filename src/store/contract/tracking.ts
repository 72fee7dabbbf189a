/** Tracked ids: what is due, which worker has claimed it, how a refresh ended. */
import type { TaskId } from '../../task/id.ts';
import type { TaskLimits } from '../../task/limits.ts';
import type { MaybePromise } from './maybe-promise.ts';

/** An id claimed by one worker. `claimVersion` is a fencing token: a result from an older claim is ignored. */
export interface Claim {
  readonly id: TaskId;
  readonly claimVersion: number;
  readonly attempts: number;
  readonly trackedAtMs: number;
  readonly unknownSinceMs: number | undefined;
}

/** The result of refreshing a claimed id. Finished documents need none: storing them ends their tracking. */
export interface RefreshOutcome {
  readonly claim: Claim;
  /** When to refresh again; undefined: never, the id is given up. */
  readonly dueAtMs: number | undefined;
  /** Since when the upstream has not known the id; undefined when it does. */
  readonly unknownSinceMs: number | undefined;
  /** Human-readable error. */
  readonly error: string | undefined;
}

export interface TrackedId {
  readonly id: TaskId;
  readonly trackedAtMs: number;
  /** The next refresh; undefined when it was given up. */
  readonly dueAtMs: number | undefined;
  readonly attempts: number;
  readonly unknownSinceMs: number | undefined;
  readonly lastError: string | undefined;
}

export interface TrackResult {
  /** Ids that were not tracked before. */
  readonly added: number;
  /** Previously given up, now tracked again. */
  readonly revived: number;
  /** Was already tracked. */
  readonly alreadyTracked: number;
  /** Stored and finished: nothing to refresh. */
  readonly alreadyFinished: number;
}

/** Tracked ids and their schedule. */
export interface TrackingStore {
  /** Tracks ids, due immediately. */
  track(ids: readonly TaskId[], nowMs: number): MaybePromise<TrackResult>;
  /** Stops refreshing; the document stays. False when the id was not tracked. */
  untrack(id: TaskId): MaybePromise<boolean>;
  /** With limits, only ids whose documents are stored and visible. */
  tracked(page: {
    limit: number;
    offset: number;
    within?: TaskLimits | undefined;
  }): MaybePromise<{ items: TrackedId[]; total: number }>;
  /** Those of `ids` that are tracked. */
  filterTracked(ids: readonly TaskId[]): MaybePromise<TaskId[]>;
  /** Claims up to `limit` ids due by `dueBeforeMs`, longest overdue first, for `leaseMs` from `nowMs`. */
  claimDue(request: {
    dueBeforeMs: number;
    nowMs: number;
    limit: number;
    leaseMs: number;
  }): MaybePromise<Claim[]>;
  /** Releases claims without an outcome; changes when they are due only if `dueAtMs` is given. */
  release(claims: readonly Claim[], options?: { dueAtMs?: number }): MaybePromise<void>;
  /** How many ids are due, and not being refreshed by any process. */
  countDue(nowMs: number): MaybePromise<number>;
}
