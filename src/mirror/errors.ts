/** Errors for callers when the upstream failed and nothing is cached. */
import { ApiError } from '../lib/api-error.ts';
import { isJsonAnswer } from '../upstream/answers.ts';
import type { UpstreamError } from '../upstream/errors.ts';
import type { UpstreamAuth } from '../upstream/upstream-auth.ts';
import { forwardResponse, type MirrorResponse } from './mirror-response.ts';

/**
 * Forwards the upstream's own status and body if the error response is JSON, or names a price (402).
 * @throws ApiError 429 during a cooldown, 503 `api_error` when too many requests wait, 502 `api_error` for everything else
 */
export function relayError(error: UpstreamError): MirrorResponse {
  if (error.answer && (error.isPriceQuote || isJsonAnswer(error.answer)))
    return forwardResponse(error.answer, { fwd: 'miss' });
  if (error.kind === 'blocked') {
    throw new ApiError(
      429,
      'too_many_requests',
      `${error.message}; asked again after the time that it named`,
      {
        cause: error,
        retryAfterSeconds: Math.max(1, Math.ceil((error.retryAfterMs ?? 0) / 1000)),
      },
    );
  }
  if (error.kind === 'overloaded' || error.kind === 'abandoned') {
    throw new ApiError(503, 'api_error', error.message, {
      cause: error,
      retryAfterSeconds: Math.ceil((error.retryAfterMs ?? 0) / 1000),
    });
  }
  throw new ApiError(502, 'api_error', error.message, { cause: error });
}

/** Whether the caller gets a price although a stale copy is cached: only callers without a token can pay. */
export function isPriceForCaller(error: UpstreamError, auth: UpstreamAuth): boolean {
  return error.isPriceQuote && (auth.token === undefined || auth.payment !== undefined);
}
