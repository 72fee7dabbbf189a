/** Tracked ids: what is due, who works on it, how a refresh ended. */
import type { TaskId } from '../../task/id.ts';
import type { TaskLimits } from '../../task/limits.ts';
import type { MaybePromise } from './maybe-promise.ts';

/** An id taken from the schedule by one worker. `gen` fences it: a result from an older claim is ignored. */
export interface Claim {
  readonly id: TaskId;
  readonly claimVersion: number;
  readonly attempts: number;
  readonly trackedAtMs: number;
  readonly unknownSinceMs: number | undefined;
}

/** What a refresh found out about a claimed id. Finished documents need none: storing them ends their tracking. */
export interface RefreshOutcome {
  readonly claim: Claim;
  /** When to look again; undefined gives the id up. */
  readonly dueAtMs: number | undefined;
  /** Since when the upstream doesn't know the id; undefined when it does. */
  readonly unknownSinceMs: number | undefined;
  /** What went wrong, for people. */
  readonly error: string | undefined;
}

export interface TrackedId {
  readonly id: TaskId;
  readonly trackedAtMs: number;
  /** When it is looked at next; undefined when it was given up. */
  readonly dueAtMs: number | undefined;
  readonly attempts: number;
  readonly unknownSinceMs: number | undefined;
  readonly lastError: string | undefined;
}

export interface TrackResult {
  /** Ids that were not tracked before. */
  readonly added: number;
  /** Given up before, and tracked again. */
  readonly revived: number;
  /** Tracked already. */
  readonly alreadyTracked: number;
  /** Stored and finished: nothing to refresh. */
  readonly alreadyFinished: number;
}

/** Tracked ids and their schedule. */
export interface TrackingStore {
  /** Remembers ids, due at once. */
  track(ids: readonly TaskId[], nowMs: number): MaybePromise<TrackResult>;
  /** Stops refreshing; the document stays. False when it was not tracked. */
  untrack(id: TaskId): MaybePromise<boolean>;
  /** Within limits, those whose documents are stored and visible. */
  tracked(page: {
    limit: number;
    offset: number;
    within?: TaskLimits | undefined;
  }): MaybePromise<{ items: TrackedId[]; total: number }>;
  /** Takes up to `limit` ids that were due at `dueBeforeMs`, longest due first, for `leaseMs` from `nowMs` on. */
  claimDue(request: {
    dueBeforeMs: number;
    nowMs: number;
    limit: number;
    leaseMs: number;
  }): MaybePromise<Claim[]>;
  /** Gives claims back untouched, but for when they are due, where that is given. */
  release(claims: readonly Claim[], options?: { dueAtMs?: number }): MaybePromise<void>;
  /** How many ids are due. */
  countDue(nowMs: number): MaybePromise<number>;
}
