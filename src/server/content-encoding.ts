/** Decoding a request's body (RFC 9110, section 8.4). */
import type { IncomingMessage } from 'node:http';
import type { Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { ApiError } from '../lib/api-error.ts';

/**
 * The body's decoded bytes.
 * @throws ApiError 415 for an encoding that is not supported
 */
export function decodeContent(request: IncomingMessage): Readable {
  if (!isEncoded(request)) return request;
  const encoding = request.headers['content-encoding']?.trim().toLowerCase() ?? '';
  // "x-gzip" is an old name of it (section 8.4.1.3).
  if (encoding !== 'gzip' && encoding !== 'x-gzip') {
    throw new ApiError(
      415,
      'bad_request',
      `the content encoding ${JSON.stringify(encoding.slice(0, 64))} is not supported; gzip is`,
      { headers: { 'accept-encoding': 'gzip' } },
    );
  }
  const decoded = createGunzip();
  // It decodes ahead: an error may come when nobody reads any more.
  decoded.on('error', () => undefined);
  request.once('error', (error) => decoded.destroy(error));
  return request.pipe(decoded);
}

/** Whether the bytes on the wire are not the body's own. */
export function isEncoded({ headers }: IncomingMessage): boolean {
  const encoding = headers['content-encoding']?.trim().toLowerCase() ?? '';
  return encoding !== '' && encoding !== 'identity';
}
