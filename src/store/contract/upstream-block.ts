/** Why, and until when, the upstream is left alone. */
import type { MaybePromise } from './maybe-promise.ts';

/** Why, and until when, the upstream is left alone. */
export interface Block {
  readonly untilMs: number;
  /** `rate-limited`: it said so. `rejected`: 401 or 403. `unreachable`: it failed several times in a row. */
  readonly reason: 'rate-limited' | 'rejected' | 'unreachable';
  readonly message: string;
  /** How often in a row it was blocked for this reason. */
  readonly times: number;
}

/** Whether the upstream is left alone. */
export interface BlockStore {
  block(block: Block): MaybePromise<void>;
  unblock(): MaybePromise<void>;
  blocked(): MaybePromise<Block | undefined>;
}
