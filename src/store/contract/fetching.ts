/** Which process fetches what from the upstream, so that the others wait for what it finds. */
import type { MaybePromise } from './maybe-promise.ts';

/** How long a note stands for those who wait. */
export const FETCH_NOTE_MS = 1000;

export interface FetchTurns {
  /** The keys that are now the caller's to fetch. */
  readonly mine: ReadonlySet<string>;
  /** By key, what the last process that fetched it has noted. All other keys are being fetched. */
  readonly notes: ReadonlyMap<string, string>;
}

export interface FetchingStore {
  /** Takes those of the keys that nobody fetches, for `leaseMs`: after that, another process may take them. */
  beginFetch(
    keys: readonly string[],
    lease: { readonly nowMs: number; readonly leaseMs: number },
  ): MaybePromise<FetchTurns>;
  /**
   * Frees the keys that are still the caller's. With a note, nobody gets them for FETCH_NOTE_MS, and whoever asks for them gets the
   * note.
   */
  endFetch(
    keys: readonly string[],
    end: { readonly nowMs: number; readonly note?: string | undefined },
  ): MaybePromise<void>;
}
