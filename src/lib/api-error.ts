/** An error that a caller may see, in the upstream's vocabulary. Thrown anywhere, serialized in one place. */
import type { ContentfulStatusCode } from 'hono/utils/http-status';

export type ApiErrorCode =
  | 'bad_request'
  | 'no_token'
  | 'invalid_token'
  | 'forbidden'
  | 'not_found'
  | 'ambiguous'
  | 'conflict'
  | 'no_api'
  | 'too_many_requests'
  | 'method_not_allowed'
  | 'api_error';

export class ApiError extends Error {
  override readonly name = 'ApiError';
  constructor(
    readonly status: ContentfulStatusCode,
    readonly code: ApiErrorCode,
    message: string,
    readonly options: ErrorOptions & {
      retryAfterSeconds?: number;
      /** Further response headers. */
      headers?: Readonly<Record<string, string>>;
      /** The ids that the request may have meant. */
      candidates?: readonly string[];
    } = {},
  ) {
    super(message, options);
  }
}

/** For a request whose caller is gone: nobody reads it, but the log and the metrics count it apart. As nginx does. */
export function createHangUpError(): ApiError {
  return new ApiError(499 as ContentfulStatusCode, 'bad_request', 'the caller hung up');
}

/** A malformed request. */
export function createBadRequest(message: string): ApiError {
  return new ApiError(400, 'bad_request', message);
}
