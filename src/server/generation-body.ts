/** Reads the bodies of generations, which may be megabytes: checked while they are streamed, and otherwise unchanged. */
import type { IncomingMessage } from 'node:http';
import type { Readable } from 'node:stream';
import { ApiError, createBadRequest } from '../lib/api-error.ts';
import { createMemberScanner } from '../task/ambiguous-members.ts';
import { createObjectChecker, type JsonProblem } from '../task/strict-json.ts';
import {
  createBrokenBodyError,
  createTooLargeError,
  MAX_BODY_BYTES,
  NOT_UTF8,
  refuseDeclaredLength,
  refuseMembers,
} from './body.ts';
import { decodeContent, isEncoded } from './content-encoding.ts';

/** Keyframes of a video may be megabytes of base64. */
const MAX_GENERATION_BYTES = 32 * 1024 * 1024;
const UTF8_BYTE_ORDER_MARK = Buffer.from('\uFEFF');

export interface GenerationBody {
  /** Decoded; complete up to 1 MiB, else a stream. */
  readonly body: Buffer<ArrayBuffer> | AsyncIterable<Uint8Array>;
  /** In bytes, if known. */
  readonly length: number | undefined;
}

/**
 * The body of a generation.
 * @param options.isOwnToken it is sent with the mirror's own token, and must be one JSON object: what the mirror can't read, it can't
 *   check or rewrite
 * @throws ApiError 413 beyond 32 MiB decoded, 415, 400 when it is interrupted, nests too deep, has a member twice or is no JSON object
 *   although it must be; a stream may throw them too
 */
export async function readGenerationBody(
  request: IncomingMessage,
  { keepsByteOrderMark, isOwnToken }: { keepsByteOrderMark: boolean; isOwnToken: boolean },
): Promise<GenerationBody> {
  refuseDeclaredLength(request, MAX_GENERATION_BYTES);
  const limited = limitBytes(decodeContent(request), MAX_GENERATION_BYTES);
  const chunks = checkMembers(isOwnToken ? checkObject(limited) : limited);
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
 * is ignored.
 * @throws ApiError 400
 */
async function* checkMembers(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array, undefined> {
  const scanner = createMemberScanner();
  for await (const chunk of chunks) {
    refuseMembers(scanner.push(chunk));
    yield chunk;
  }
}

/** Refuses what is not one JSON object. The last chunk is held back until its end is known. @throws ApiError 400 */
async function* checkObject(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array, undefined> {
  const checker = createObjectChecker();
  let held: Uint8Array | undefined;
  for await (const chunk of chunks) {
    if (chunk.length === 0) continue;
    refuseJson(checker.push(chunk));
    if (held !== undefined) yield held;
    held = chunk;
  }
  refuseJson(checker.end());
  if (held !== undefined) yield held;
}

/** @throws ApiError 400 */
function refuseJson(problem: JsonProblem | undefined): void {
  switch (problem?.kind) {
    case 'not-utf8':
      throw createBadRequest(NOT_UTF8);
    case 'not-an-object':
      throw createBadRequest('the body must be a JSON object');
    case 'trailing':
      throw createBadRequest('the body has something behind its JSON object');
    case 'incomplete':
      throw createBadRequest('the body is not JSON: it ends too early');
    case 'syntax':
      throw createBadRequest(`the body is not JSON: byte ${problem.at} is not allowed there`);
  }
}

async function* chainChunks(head: Uint8Array, rest: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  yield head;
  yield* rest;
}
