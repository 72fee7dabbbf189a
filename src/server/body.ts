/** Reads request bodies: size-limited, as JSON objects. */
import { isUtf8 } from 'node:buffer';
import type { IncomingMessage } from 'node:http';
import { ApiError, createBadRequest } from '../lib/api-error.ts';
import { createByteCollector } from '../lib/byte-collector.ts';
import { getErrorCode } from '../lib/errno.ts';
import { findMemberProblem, type MemberProblem } from '../task/ambiguous-members.ts';
import { isObject, type JsonObject } from '../task/json-object.ts';
import { hasMoreBrackets, hasMoreValues, isTooDeep, MAX_DEPTH } from '../task/slices.ts';
import { decodeContent } from './content-encoding.ts';
import type { ServerContext } from './deps.ts';

export const MAX_BODY_BYTES = 1024 * 1024;
/** Objects and arrays of a request: parsing the hundreds of thousands that fit would hold up everybody else. */
const MAX_BRACKETS = 10_000;
/** Values: a batch has at most 1,000. */
const MAX_VALUES = 20_000;
/** Of a name in an error message. */
const MAX_SHOWN_NAME = 64;

/**
 * The body of a request to one of our own routes.
 * @throws ApiError 413 beyond 1 MiB, 415, or 400 when it is not a JSON object
 */
export async function readJsonBody(c: ServerContext): Promise<JsonObject> {
  return parseJsonObject(await readBody(c.env.incoming));
}

/**
 * The body as text, decoded and with its byte order mark, whatever its content type: `curl -d` sends that of a form.
 * @throws ApiError 413 beyond 1 MiB decoded, 415, or 400 when it is interrupted or no UTF-8, which a text would not keep
 */
export async function readBody(request: IncomingMessage): Promise<string> {
  const bytes = await readBytes(request);
  if (!isUtf8(bytes)) throw createBadRequest(NOT_UTF8);
  return bytes.toString();
}

export const NOT_UTF8 = 'the body is not valid UTF-8';

/** @throws ApiError as `readBody`; reading stops then */
export function readBytes(request: IncomingMessage): Promise<Buffer<ArrayBuffer>> {
  return new Promise((resolve, reject) => {
    refuseDeclaredLength(request, MAX_BODY_BYTES);
    const content = decodeContent(request);
    const received = createByteCollector();
    content.on('data', (chunk: Buffer<ArrayBuffer>) => {
      received.push(chunk);
      if (received.size > MAX_BODY_BYTES) {
        content.pause();
        reject(createTooLargeError(MAX_BODY_BYTES));
      }
    });
    content.once('end', () => resolve(received.take()));
    content.once('error', (error) => reject(createBrokenBodyError(error)));
  });
}

export function refuseDeclaredLength({ headers }: IncomingMessage, maxBytes: number): void {
  if (Number(headers['content-length'] ?? 0) > maxBytes) throw createTooLargeError(maxBytes);
}

/** No real request nests that deep, and recursive code would overflow the stack. @throws ApiError 400 */
function refuseDeepJson(text: string): void {
  if (isTooDeep(text)) throw createBadRequest(`the body nests deeper than ${MAX_DEPTH} levels`);
}

/** For a body that is read here and forwarded as it is. @throws ApiError 400 */
export function refuseAmbiguousJson(text: string): void {
  refuseMembers(findMemberProblem(text));
}

/** @throws ApiError 400 */
export function refuseMembers(problem: MemberProblem | undefined): void {
  switch (problem?.kind) {
    case 'twice':
      throw createBadRequest(
        `the body has the member ${JSON.stringify(problem.member.slice(0, MAX_SHOWN_NAME))} twice`,
      );
    case 'too-deep':
      throw createBadRequest(`the body nests deeper than ${MAX_DEPTH} levels`);
    case 'too-many':
      throw createBadRequest('the body has too many members');
  }
}

/** @param body may begin with a byte order mark @throws ApiError 400 */
export function parseJsonObject(body: string): JsonObject {
  const text = body.replace(/^\uFEFF/, '');
  if (hasMoreBrackets(text, MAX_BRACKETS))
    throw createBadRequest(`the body has more than ${MAX_BRACKETS} objects and arrays`);
  if (hasMoreValues(text, MAX_VALUES)) throw createBadRequest(`the body has more than ${MAX_VALUES} values`);
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

export function createTooLargeError(maxBytes: number): ApiError {
  return new ApiError(413, 'bad_request', `the body is larger than ${maxBytes} bytes`);
}

/** Errors of zlib have codes that start with Z_. */
export function createBrokenBodyError(error: unknown): ApiError {
  const isGzip = getErrorCode(error)?.startsWith('Z_') ?? false;
  return createBadRequest(isGzip ? 'the body is not valid gzip' : 'the request was cut off');
}
