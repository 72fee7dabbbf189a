/** Reads request bodies: size-limited, as JSON objects. */
import type { IncomingMessage } from 'node:http';
import { ApiError, createBadRequest } from '../lib/api-error.ts';
import { isObject, type JsonObject } from '../task/json-object.ts';
import { isTooDeep, MAX_DEPTH } from '../task/slices.ts';
import type { ServerContext } from './deps.ts';

const MAX_BODY_BYTES = 1024 * 1024;

/**
 * The body of a request to one of our own routes.
 * @throws ApiError 413 beyond 1 MiB, 400 when it is not a JSON object
 */
export async function readJsonBody(c: ServerContext): Promise<JsonObject> {
  return parseJsonObject(await readBody(c.env.incoming));
}

/** The body as text, whatever its content type: `curl -d` sends that of a form. @throws ApiError 413 as `readBytes` */
export async function readBody(request: IncomingMessage): Promise<string> {
  return (await readBytes(request)).toString();
}

/** @throws ApiError 413 beyond 1 MiB; reading stops then */
export function readBytes(request: IncomingMessage): Promise<Buffer<ArrayBuffer>> {
  return new Promise((resolve, reject) => {
    if (Number(request.headers['content-length'] ?? 0) > MAX_BODY_BYTES) {
      reject(createTooLargeError());
      return;
    }
    const chunks: Buffer<ArrayBuffer>[] = [];
    let size = 0;
    request.on('data', (chunk: Buffer<ArrayBuffer>) => {
      size += chunk.length;
      chunks.push(chunk);
      if (size > MAX_BODY_BYTES) {
        request.pause();
        reject(createTooLargeError());
      }
    });
    request.once('end', () => {
      const [only] = chunks;
      resolve(chunks.length === 1 && only ? only : Buffer.concat(chunks));
    });
    request.once('error', () => reject(createBadRequest('the request was interrupted')));
  });
}

/** No real request nests that deep, and recursive code would overflow the stack. @throws ApiError 400 */
export function refuseDeepJson(text: string): void {
  if (isTooDeep(text)) throw createBadRequest(`the body nests deeper than ${MAX_DEPTH} levels`);
}

/** @throws ApiError 400 */
export function parseJsonObject(text: string): JsonObject {
  refuseDeepJson(text);
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw new ApiError(400, 'bad_request', 'the body is not JSON', { cause });
  }
  if (!isObject(value)) throw createBadRequest('the body must be a JSON object');
  return value;
}

function createTooLargeError(): ApiError {
  return new ApiError(413, 'bad_request', `the body is larger than ${MAX_BODY_BYTES} bytes`);
}
