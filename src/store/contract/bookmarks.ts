/** Named texts that survive a restart. */
import type { MaybePromise } from './maybe-promise.ts';

/** Named texts that survive a restart. */
export interface BookmarkStore {
  /** A named text that survives a restart. */
  bookmark(name: string): MaybePromise<string | undefined>;
  setBookmark(name: string, text: string): MaybePromise<void>;
}
