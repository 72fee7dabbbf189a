/** Why a request to the host of an image failed. */
import type { IncomingMessage } from 'node:http';
import { getErrorCode } from '../lib/errno.ts';
import { parseRetryAfter } from '../lib/retry-after.ts';
import { ForbiddenAddress } from '../outbound/addresses.ts';
import { UnknownEncoding } from '../outbound/decode-response.ts';
import { isRedirection } from '../outbound/safe-fetch.ts';
import { HostFailure, ImageFailure } from './failure.ts';

/** A rate limit or an error of the host concerns all its images, anything else only this one. */
export function createStatusFailure(response: IncomingMessage, nowMs: number): ImageFailure {
  const { statusCode = 0, headers } = response;
  if (isRedirection(response)) return new ImageFailure('too many redirects');
  const message = `its host answered ${statusCode}`;
  if (statusCode !== 429 && statusCode < 500) return new ImageFailure(message);
  const retryAfter = headers['retry-after'];
  return new HostFailure(
    message,
    retryAfter === undefined ? undefined : parseRetryAfter({ retryAfter, date: headers.date }, nowMs),
  );
}

/** There was no response, or it broke off. */
export function createNetworkFailure(error: unknown): ImageFailure {
  if (error instanceof ImageFailure) return error;
  if (error instanceof ForbiddenAddress)
    return new ImageFailure(`refused: ${error.message}`, { cause: error });
  if (error instanceof UnknownEncoding)
    return new ImageFailure('sent in an encoding that is not known', { cause: error });
  const code = getErrorCode(error) ?? 'no code';
  if (/^(?:Z_|ERR__|ERR_BROTLI)/.test(code))
    return new ImageFailure('its compression is damaged or cut off', { cause: error });
  return new HostFailure(`could not be fetched (${code})`, undefined, { cause: error });
}
