/** A collection that the caller may not see is unknown. */
import { ApiError } from '../lib/api-error.ts';

export function createCollectionNotFound(): ApiError {
  return new ApiError(404, 'not_found', 'there is no such collection');
}
