/** What a store can't do just now, in the contract's words: nobody outside an engine reads the engine's own codes. */

/**
 * `busy`: somebody else holds what is needed, for longer than it waits. `full`: there is no room. `read-only`: it may not be
 * written, or not be opened. `damaged`: what is stored can't be read as it was written. `unreachable`: the disk or the server
 * below it fails.
 */
export type StoreErrorCode = 'busy' | 'full' | 'read-only' | 'damaged' | 'unreachable';

/** The message is the engine's; its own error is the cause. */
export class StoreError extends Error {
  override readonly name = 'StoreError';
  constructor(
    readonly code: StoreErrorCode,
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}

/** The code of a store's error, also where it is the cause of another; undefined where there is none. */
export function storeErrorCodeOf(error: unknown): StoreErrorCode | undefined {
  for (let cause = error; cause instanceof Error; cause = cause.cause)
    if (cause instanceof StoreError) return cause.code;
  return undefined;
}
