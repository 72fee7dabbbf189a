/** Errors for callers when the upstream failed and nothing is cached. */
import { ApiError } from '../lib/api-error.ts';
import { isJsonAnswer } from '../upstream/answers.ts';
import type { UpstreamError } from '../upstream/errors.ts';
import { forwardResponse, type MirrorResponse } from './mirror-response.ts';

/**
 * Forwards the upstream's own status and body if the error response is JSON.
 * @throws ApiError 429 during a cooldown, 502 `api_error` for everything else
 */
export function relayError(error: UpstreamError): MirrorResponse {
  if (error.answer && isJsonAnswer(error.answer)) return forwardResponse(error.answer, { fwd: 'miss' });
  if (error.kind === 'blocked') {
    throw new ApiError(
      429,
      'too_many_requests',
      `${error.message}; no requests are sent until the cooldown ends`,
      {
        cause: error,
        retryAfterSeconds: Math.max(1, Math.ceil((error.retryAfterMs ?? 0) / 1000)),
      },
    );
  }
  throw new ApiError(502, 'api_error', error.message, { cause: error });
}

const TOKEN_HINT = 'set ACEDATACLOUD_API_TOKEN, or send your own as "authorization: Bearer …"';

/** No token for upstream requests. */
export function createMissingTokenError(): ApiError {
  return new ApiError(
    401,
    'no_token',
    `this task is not in the mirror, and no upstream token is available to fetch it: ${TOKEN_HINT}`,
  );
}

/** No token for a generation. */
export function createGenerationTokenError(): ApiError {
  return new ApiError(401, 'no_token', `a generation needs an upstream token: ${TOKEN_HINT}`);
}
