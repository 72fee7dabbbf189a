/** Named texts that survive a restart. */
import type { MaybePromise } from './maybe-promise.ts';

/** Named texts that survive a restart. */
export interface CheckpointStore {
  /** The text of a checkpoint; undefined when it was never set. */
  readCheckpoint(name: string): MaybePromise<string | undefined>;
  setCheckpoint(name: string, text: string): MaybePromise<void>;
  /** Sets a checkpoint that was never set: of several processes, one does. @returns the text that it has now */
  addCheckpoint(name: string, text: string): MaybePromise<string>;
}
