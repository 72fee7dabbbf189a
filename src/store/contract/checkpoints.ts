/** Named texts that survive a restart. */
import type { MaybePromise } from './maybe-promise.ts';

/** Named texts that survive a restart. */
export interface CheckpointStore {
  /** A named text that survives a restart. */
  readCheckpoint(name: string): MaybePromise<string | undefined>;
  setCheckpoint(name: string, text: string): MaybePromise<void>;
}
