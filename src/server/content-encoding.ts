/** Decodes request bodies (RFC 9110, section 8.4). */
import type { IncomingMessage } from 'node:http';
import type { Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { ApiError } from '../lib/api-error.ts';

/**
 * The body's decoded bytes.
 * @throws ApiError 415 for an encoding that is not supported
 */
export function decodeContent(request: IncomingMessage): Readable {
  const encoding = readEncoding(request);
  if (encoding === undefined) return request;
  // "x-gzip" is equivalent (section 8.4.1.3).
  if (encoding !== 'gzip' && encoding !== 'x-gzip') {
    throw new ApiError(
      415,
      'bad_request',
      `the content encoding ${JSON.stringify(encoding.slice(0, 64))} is not supported; gzip is`,
      { headers: { 'accept-encoding': 'gzip' } },
    );
  }
  const decoded = createGunzip();
  // It decodes ahead, so an error may occur after the reader has stopped.
  decoded.on('error', () => undefined);
  request.once('error', (error) => decoded.destroy(error));
  return request.pipe(decoded);
}

/** Whether the bytes on the wire differ from the body's own. */
export function isEncoded(request: IncomingMessage): boolean {
  return readEncoding(request) !== undefined;
}

function readEncoding({ headers }: IncomingMessage): string | undefined {
  const encoding = headers['content-encoding']?.trim().toLowerCase();
  return encoding === '' || encoding === 'identity' ? undefined : encoding;
}
