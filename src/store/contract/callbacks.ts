/** Callbacks of generations, forwarded from the upstream to callers. */
import type { TaskId } from '../../task/id.ts';
import type { MaybePromise } from './maybe-promise.ts';

/** A callback from the upstream that is due for delivery. */
export interface DueCallback {
  readonly key: string;
  /** The caller's own `callback_url`. */
  readonly target: string;
  /** The generation's task; undefined when its response never arrived. */
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
  /** The error of one of the undelivered or abandoned callbacks. */
  readonly lastError: string | undefined;
}

/** Callbacks of generations: the addresses given to the upstream, what it posted, what is due to callers. */
export interface CallbackStore {
  /** Registers an address with this key, given to the upstream; what it posts there is forwarded to `target`, if set. */
  addCallback(callback: { key: string; target: string | undefined; nowMs: number }): MaybePromise<void>;
  /** Sets the task that the callback is about. */
  setCallbackTask(key: string, taskId: TaskId): MaybePromise<void>;
  /** Looks up a key; undefined when it was never issued. */
  callback(key: string): MaybePromise<{ taskId: TaskId | undefined } | undefined>;
  /** Stores what the upstream posted. False for a repeated call, which changes nothing. */
  receiveCallback(
    key: string,
    received: { body: Uint8Array; mediaType: string; nowMs: number },
  ): MaybePromise<boolean>;
  /** Claims due callbacks for `leaseMs`, longest overdue first. What a wrong clock has queued far ahead is due. */
  claimCallbacks(request: { nowMs: number; limit: number; leaseMs: number }): MaybePromise<DueCallback[]>;
  recordCallbackOutcome(
    key: string,
    end: { deliveredAtMs: number } | { dueAtMs: number | undefined; error: string },
  ): MaybePromise<void>;
  callbackStats(): MaybePromise<CallbackStats>;
}
