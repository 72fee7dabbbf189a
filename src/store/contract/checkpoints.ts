/** Named texts that survive a restart. */
import type { MaybePromise } from './maybe-promise.ts';

/** Named texts that survive a restart. */
export interface CheckpointStore {
  /** The text of a checkpoint; undefined when it was never set. */
  readCheckpoint(name: string): MaybePromise<string | undefined>;
  setCheckpoint(name: string, text: string): MaybePromise<void>;
}
