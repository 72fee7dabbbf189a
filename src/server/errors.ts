/** The one place where an error becomes a body, always in the upstream's shape. */

import { CALLBACK_PATH } from '../generation/callbacks.ts';
import { ApiError } from '../lib/api-error.ts';
import type { Log } from '../lib/log.ts';
import { StoreError } from '../store/contract/errors.ts';
import type { Answer } from './answer.ts';
import type { ErrorBody } from './error-schema.ts';

/**
 * `{"success":false,"error":{"code","message"},"trace_id"}`.
 * What is not an ApiError is a bug or the machine: logged whole, answered as `api_error` without a word of it.
 */
export function createErrorAnswer(
  error: unknown,
  { traceId, ...request }: { traceId: string; method: string; path: string },
  log: Log,
): Answer & { body: string } {
  const told = error instanceof ApiError ? error : createStorageError(error);
  if (told.status >= 500) {
    const about = {
      trace_id: traceId,
      ...request,
      path: redactCallbackKey(request.path),
      status: told.status,
    };
    // What was foreseen needs no stack; why the upstream failed stands in its cause.
    if (told === error) log.warn({ ...about, cause: describeCause(told) }, told.message);
    else if (told.status === 503) log.error({ ...about, cause: findMessage(error) }, told.message);
    else log.error({ ...about, err: error }, told.message);
  }
  const headers: Record<string, string> = {
    'content-type': 'application/json',
    'x-content-type-options': 'nosniff',
  };
  if (IS_DROP_IN.test(request.path)) headers['cache-status'] = `flux-mirror; detail=${told.code}`;
  if (told.status === 401) headers['www-authenticate'] = 'Bearer';
  if (told.status === 413) headers.connection = 'close';
  if (told.options.retryAfterSeconds !== undefined)
    headers['retry-after'] = String(told.options.retryAfterSeconds);
  const body: ErrorBody = {
    success: false,
    error: { code: told.code, message: told.message },
    trace_id: traceId,
  };
  return { status: told.status, headers, body: JSON.stringify(body) };
}

/** Every answer of these says what the cache had to do with it. */
const IS_DROP_IN = /\/flux\/(tasks|images)$/;

/** The key of a callback is its password. */
function redactCallbackKey(path: string): string {
  const at = path.indexOf(`${CALLBACK_PATH}/`);
  return at === -1 ? path : path.slice(0, at + CALLBACK_PATH.length);
}

function describeCause({ cause }: ApiError): string | undefined {
  return findMessage(cause);
}

function findMessage(error: unknown): string | undefined {
  return error instanceof Error ? error.message : undefined;
}

function createStorageError(error: unknown): ApiError {
  const code = error instanceof StoreError ? error.code : undefined;
  if (code === undefined) return new ApiError(500, 'api_error', 'internal error');
  return new ApiError(
    503,
    'api_error',
    code === 'damaged' ? "the mirror's database is damaged" : "the mirror can't write to its disk just now",
  );
}
