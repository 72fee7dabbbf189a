/** Callbacks of generations, on their way from the upstream to callers. */
import type { TaskId } from '../../task/id.ts';
import type { MaybePromise } from './maybe-promise.ts';

/** What the upstream posted, to be handed on. */
export interface DueCallback {
  readonly key: string;
  /** The caller's own `callback_url`. */
  readonly target: string;
  /** Of the generation; undefined when its answer never came. */
  readonly taskId: TaskId | undefined;
  readonly body: Uint8Array;
  readonly mediaType: string;
  readonly attempts: number;
  readonly receivedAtMs: number;
}

export interface CallbackStats {
  /** The upstream has not called yet. */
  readonly waiting: number;
  readonly undelivered: number;
  readonly delivered: number;
  readonly givenUp: number;
  /** Of those that are undelivered or given up, one of the reasons. */
  readonly lastError: string | undefined;
}

/** Callbacks of generations: what the upstream was given, what it posted, what is due to callers. */
export interface CallbackStore {
  /** The upstream was given an address with this key; what it posts there is owed to `target`, where there is one. */
  addCallback(callback: { key: string; target: string | undefined; nowMs: number }): MaybePromise<void>;
  /** The task that the upstream will call about. */
  setCallbackTask(key: string, taskId: TaskId): MaybePromise<void>;
  /** What is known of a key; undefined for one that was never given. */
  callback(key: string): MaybePromise<{ taskId: TaskId | undefined } | undefined>;
  /** The upstream called. False for a second call, which changes nothing. */
  receiveCallback(
    key: string,
    received: { body: Uint8Array; mediaType: string; nowMs: number },
  ): MaybePromise<boolean>;
  /** Takes callbacks that are to be handed on, longest due first; no one else gets them for `leaseMs`. */
  claimCallbacks(request: { nowMs: number; limit: number; leaseMs: number }): MaybePromise<DueCallback[]>;
  recordCallbackOutcome(
    key: string,
    end: { deliveredAtMs: number } | { dueAtMs: number | undefined; error: string },
  ): MaybePromise<void>;
  callbackStats(): MaybePromise<CallbackStats>;
}
