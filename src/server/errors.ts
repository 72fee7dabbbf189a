/** Converts errors to responses, always in the upstream's format. */

import { CALLBACK_PATH } from '../generation/callbacks.ts';
import { ApiError } from '../lib/api-error.ts';
import { showHidden } from '../lib/clean-text.ts';
import type { Log } from '../lib/log.ts';
import { ObjectStoreError } from '../object-store/errors.ts';
import { storeErrorCodeOf } from '../store/contract/errors.ts';
import type { Answer } from './answer.ts';
import { DROP_IN_PATHS } from './drop-in/path.ts';
import type { ErrorBody } from './error-schema.ts';
import { SHARED_PATH } from './shared-link.ts';

/**
 * `{"success":false,"error":{"code","message"},"trace_id"}`.
 * Anything but an ApiError is a bug or a system failure: logged in full, answered as `api_error` without details.
 */
export function createErrorAnswer(
  error: unknown,
  { traceId, ...request }: { traceId: string; method: string; path: string },
  log: Log,
): Answer & { body: string } {
  const apiError = toApiError(error);
  if (apiError.status >= 500) {
    const about = {
      trace_id: traceId,
      ...request,
      path: redactKey(request.path),
      status: apiError.status,
    };
    // An expected error needs no stack; why the upstream failed is in its cause.
    if (apiError === error) log.warn({ ...about, cause: describeCause(apiError) }, apiError.message);
    else if (isUnreachable(error)) log.debug({ ...about, cause: findMessage(error) }, apiError.message);
    else if (apiError.status === 503) log.error({ ...about, cause: findMessage(error) }, apiError.message);
    else log.error({ ...about, err: error }, apiError.message);
  }
  const headers: Record<string, string> = {
    'content-type': 'application/json',
    'x-content-type-options': 'nosniff',
    ...apiError.options.headers,
  };
  // Responses of these routes always have a `Cache-Status`.
  if (DROP_IN_PATHS.some((path) => request.path.endsWith(path)))
    headers['cache-status'] = `flux-mirror; detail=${apiError.code}`;
  if (apiError.status === 401) headers['www-authenticate'] = 'Bearer';
  if (apiError.status === 413) headers.connection = 'close';
  if (apiError.options.retryAfterSeconds !== undefined)
    headers['retry-after'] = String(apiError.options.retryAfterSeconds);
  const { code, message, options } = apiError;
  const body: ErrorBody = {
    success: false,
    // It may quote what the caller has sent.
    error: {
      code,
      message: showHidden(message),
      ...(options.candidates ? { candidates: options.candidates } : {}),
    },
    trace_id: traceId,
  };
  return { status: apiError.status, headers, body: JSON.stringify(body) };
}

/** The database is on another machine: the watch of the storage logs that once, and not for every request. */
function isUnreachable(error: unknown): boolean {
  return storeErrorCodeOf(error) === 'unreachable';
}

/** What a caller may be told of an error. */
export function toApiError(error: unknown): ApiError {
  return error instanceof ApiError ? error : createStorageError(error);
}

/** The keys of callbacks and public links are credentials. */
function redactKey(path: string): string {
  for (const prefix of [CALLBACK_PATH, SHARED_PATH]) {
    const at = path.indexOf(`${prefix}/`);
    if (at !== -1) return path.slice(0, at + prefix.length);
  }
  return path;
}

function describeCause({ cause }: ApiError): string | undefined {
  return findMessage(cause);
}

function findMessage(error: unknown): string | undefined {
  return error instanceof Error ? error.message : undefined;
}

/** Connections are made anew with each request. */
const AWAY_RETRY_AFTER_S = 1;

/** The request has waited for as long already. */
const BUSY_RETRY_AFTER_S = 5;

/** The watch of the storage tries it as often. */
const UNREACHABLE_RETRY_AFTER_S = 5;

function createStorageError(error: unknown): ApiError {
  if (error instanceof ObjectStoreError)
    return new ApiError(503, 'api_error', "the mirror can't reach its images at the moment", {
      retryAfterSeconds: UNREACHABLE_RETRY_AFTER_S,
      cause: error,
    });
  const code = storeErrorCodeOf(error);
  if (code === undefined) return new ApiError(500, 'api_error', 'internal error');
  if (code === 'busy') {
    const message = "another process keeps the mirror's database locked: nothing was stored, try again";
    return new ApiError(503, 'api_error', message, { retryAfterSeconds: BUSY_RETRY_AFTER_S });
  }
  if (code === 'unreachable')
    return new ApiError(503, 'api_error', "the mirror can't reach its database at the moment", {
      retryAfterSeconds: AWAY_RETRY_AFTER_S,
    });
  return new ApiError(
    503,
    'api_error',
    code === 'damaged'
      ? "the mirror's database is damaged"
      : "the mirror can't write to its disk at the moment",
  );
}
