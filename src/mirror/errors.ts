/** What a caller is told when the upstream failed and nothing is cached. */
import { ApiError } from '../lib/api-error.ts';
import { isJsonAnswer } from '../upstream/answers.ts';
import type { UpstreamError } from '../upstream/errors.ts';
import { forwardResponse, type MirrorResponse } from './mirror-response.ts';

/**
 * The upstream's own status and body where it gave a readable error.
 * @throws ApiError 429 while the upstream asked for silence, 502 `api_error` for everything else
 */
export function relayError(error: UpstreamError): MirrorResponse {
  if (error.answer && isJsonAnswer(error.answer)) return forwardResponse(error.answer, { fwd: 'miss' });
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
  throw new ApiError(502, 'api_error', error.message, { cause: error });
}

const BRING_A_TOKEN = 'set ACEDATACLOUD_API_TOKEN, or send your own as "authorization: Bearer …"';

/** No token to ask the upstream with. */
export function createMissingTokenError(): ApiError {
  return new ApiError(
    401,
    'no_token',
    `this task is not in the mirror, and there is no token to ask the upstream with: ${BRING_A_TOKEN}`,
  );
}

/** No token to generate with. */
export function createGenerationTokenError(): ApiError {
  return new ApiError(401, 'no_token', `a generation needs a token for the upstream: ${BRING_A_TOKEN}`);
}
