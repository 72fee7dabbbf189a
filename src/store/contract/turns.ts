/** Work that one process at a time does, by its name. */
import type { MaybePromise } from './maybe-promise.ts';

export interface TurnStore {
  /**
   * Takes a turn: for `forMs`, or until it is ended, no other process gets it. Whoever has it may take it again, which extends it.
   * @returns whether the caller has it now
   */
  takeTurn(name: string, turn: { readonly nowMs: number; readonly forMs: number }): MaybePromise<boolean>;
  /** Ends a turn of the caller's; no effect on that of another process. */
  endTurn(name: string): MaybePromise<void>;
}
