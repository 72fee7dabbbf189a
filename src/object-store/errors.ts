/** What an object store can't do. The message is one line for the operator: it has no key, and no text of the store's. */
import { OperatorError } from '../lib/operator-error.ts';

/**
 * `unreachable`: it does not answer, or says that it can't now; that passes. `refused`: it understood and refused, which takes
 * another setting. `invalid`: what answers does not speak S3.
 */
export type ObjectStoreErrorCode = 'unreachable' | 'refused' | 'invalid';

export class ObjectStoreError extends OperatorError {
  override readonly name = 'ObjectStoreError';
  constructor(
    readonly code: ObjectStoreErrorCode,
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}
