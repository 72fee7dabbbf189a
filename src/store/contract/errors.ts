/** Store errors in the contract's terms: no code outside an engine reads the engine's own error codes. */
import { OperatorError } from '../../lib/operator-error.ts';

/**
 * `busy`: another process holds a lock for longer than the timeout. `full`: no space left. `read-only`: no permission to
 * write or open. `damaged`: stored data is corrupt. `unreachable`: the underlying disk or server fails.
 */
export type StoreErrorCode = 'busy' | 'full' | 'read-only' | 'damaged' | 'unreachable';

/** The message is the engine's; the engine's error is the cause. */
export class StoreError extends Error {
  override readonly name = 'StoreError';
  /** What the operator can do about it; undefined: what helps with a data directory. */
  readonly advice: string | undefined;
  constructor(
    readonly code: StoreErrorCode,
    message: string,
    options?: ErrorOptions & { readonly advice?: string | undefined },
  ) {
    super(message, options);
    this.advice = options?.advice;
  }
}

/** There is no store yet where one was expected. */
export class NoMirror extends OperatorError {
  override readonly name = 'NoMirror';
}

/** The code of the first StoreError in an error's chain of causes; undefined when it has none. */
export function storeErrorCodeOf(error: unknown): StoreErrorCode | undefined {
  for (let cause = error; cause instanceof Error; cause = cause.cause)
    if (cause instanceof StoreError) return cause.code;
  return undefined;
}
