/** Reads request bodies: size-limited, as JSON objects. */
import type { IncomingMessage } from 'node:http';
import type { Readable } from 'node:stream';
import { ApiError, createBadRequest } from '../lib/api-error.ts';
import { createByteCollector } from '../lib/byte-collector.ts';
import { getErrorCode } from '../lib/errno.ts';
import { createMemberScanner, findMemberProblem, type MemberProblem } from '../task/ambiguous-members.ts';
import { isObject, type JsonObject } from '../task/json-object.ts';
import { hasMoreBrackets, isTooDeep, MAX_DEPTH } from '../task/slices.ts';
import { decodeContent, isEncoded } from './content-encoding.ts';
import type { ServerContext } from './deps.ts';

const MIB = 1024 * 1024;
const MAX_BODY_BYTES = MIB;
/** Keyframes of a video may be megabytes of base64. */
const MAX_GENERATION_BYTES = 32 * MIB;
/** Objects and arrays of a request: parsing the hundreds of thousands that fit would hold up everybody else. */
const MAX_BRACKETS = 10_000;
/** Of a name in an error message. */
const MAX_SHOWN_NAME = 64;
const BYTE_ORDER_MARK = 0xfeff;
const UTF8_BYTE_ORDER_MARK = Buffer.from('\uFEFF');

/**
 * The body of a request to one of our own routes.
 * @throws ApiError 413 beyond 1 MiB, 415, or 400 when it is not a JSON object
 */
export async function readJsonBody(c: ServerContext): Promise<JsonObject> {
  return parseJsonObject(await readBody(c.env.incoming));
}

/**
 * The body as text, decoded and without a byte order mark, whatever its content type: `curl -d` sends that of a form.
 * @throws ApiError 413 beyond 1 MiB decoded, 415, or 400 when it is interrupted
 */
export async function readBody(request: IncomingMessage): Promise<string> {
  const text = (await readBytes(request)).toString();
  return text.charCodeAt(0) === BYTE_ORDER_MARK ? text.slice(1) : text;
}

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

export interface GenerationBody {
  /** Decoded; complete up to 1 MiB, else a stream. */
  readonly body: Buffer<ArrayBuffer> | AsyncIterable<Uint8Array>;
  /** In bytes, if known. */
  readonly length: number | undefined;
}

/**
 * The body of a generation.
 * @throws ApiError 413 beyond 32 MiB decoded, 415, 400 when it is interrupted, nests too deep or has a member twice; a stream may
 *   throw them too
 */
export async function readGenerationBody(
  request: IncomingMessage,
  { keepsByteOrderMark }: { keepsByteOrderMark: boolean },
): Promise<GenerationBody> {
  refuseDeclaredLength(request, MAX_GENERATION_BYTES);
  const chunks = checkMembers(limitBytes(decodeContent(request), MAX_GENERATION_BYTES));
  const head: Uint8Array[] = [];
  let size = 0;
  let isWhole = false;
  while (size <= MAX_BODY_BYTES && !isWhole) {
    const { done, value } = await chunks.next();
    if (done) isWhole = true;
    else {
      head.push(value);
      size += value.length;
    }
  }
  const received = Buffer.concat(head);
  const body = keepsByteOrderMark ? received : stripByteOrderMark(received);
  if (isWhole) return { body, length: body.length };
  const declared = isEncoded(request) ? undefined : request.headers['content-length'];
  return {
    body: chainChunks(body, chunks),
    length: declared === undefined ? undefined : Number(declared) - (received.length - body.length),
  };
}

function stripByteOrderMark(bytes: Buffer<ArrayBuffer>): Buffer<ArrayBuffer> {
  return bytes.subarray(0, UTF8_BYTE_ORDER_MARK.length).equals(UTF8_BYTE_ORDER_MARK)
    ? bytes.subarray(UTF8_BYTE_ORDER_MARK.length)
    : bytes;
}

async function* limitBytes(content: Readable, maxBytes: number): AsyncGenerator<Uint8Array, undefined> {
  let size = 0;
  try {
    // Not destroyed when it is too large: the caller must still get the error.
    for await (const chunk of content.iterator({ destroyOnReturn: false }) as AsyncIterable<Uint8Array>) {
      size += chunk.length;
      if (size > maxBytes) throw createTooLargeError(maxBytes);
      yield chunk;
    }
  } catch (error) {
    throw error instanceof ApiError ? error : createBrokenBodyError(error);
  }
}

/**
 * Refuses what the upstream may read differently, before its last byte is sent: an incomplete request is not charged. What is no JSON
 * is for the upstream to refuse.
 * @throws ApiError 400
 */
async function* checkMembers(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array, undefined> {
  const scanner = createMemberScanner();
  for await (const chunk of chunks) {
    refuseMembers(scanner.push(chunk));
    yield chunk;
  }
}

async function* chainChunks(head: Uint8Array, rest: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  yield head;
  yield* rest;
}

function refuseDeclaredLength({ headers }: IncomingMessage, maxBytes: number): void {
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
function refuseMembers(problem: MemberProblem | undefined): void {
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

/** @throws ApiError 400 */
export function parseJsonObject(text: string): JsonObject {
  if (hasMoreBrackets(text, MAX_BRACKETS))
    throw createBadRequest(`the body has more than ${MAX_BRACKETS} objects and arrays`);
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

function createTooLargeError(maxBytes: number): ApiError {
  return new ApiError(413, 'bad_request', `the body is larger than ${maxBytes} bytes`);
}

/** Errors of zlib have codes that start with Z_. */
function createBrokenBodyError(error: unknown): ApiError {
  const isGzip = getErrorCode(error)?.startsWith('Z_') ?? false;
  return createBadRequest(isGzip ? 'the body is not valid gzip' : 'the request was cut off');
}
