/**
 * Reads documents out of a file: JSON Lines, a JSON array, or `{"items":[…]}`, each plain or gzipped. Streams, and
 * keeps every document's exact text.
 */
import { createReadStream } from 'node:fs';
import { pipeline, Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { sliceArray } from '../task/slices.ts';

/** One document, or the reason why a line holds none. */
export type DocumentLine =
  | { readonly line: number; readonly text: string }
  | { readonly line: number; readonly problem: string };

/** Beyond this a file is read line by line, whatever it looks like. */
const MAX_WHOLE_BYTES = 256 * 1024 * 1024;
const GZIP_MAGIC = 0x1f8b;

/** @param file path, `-` for standard input */
export async function* readDocumentLines(file: string): AsyncGenerator<DocumentLine> {
  const lines = splitLines(decompressed(file === '-' ? process.stdin : createReadStream(file)));
  let number = 0;
  for await (const bytes of lines) {
    number += 1;
    const text = decode(bytes);
    if (text === undefined) {
      yield { line: number, problem: 'not UTF-8' };
    } else if (number === 1 && isBeginningOfMore(text)) {
      yield* readWhole(bytes, lines);
      return;
    } else if (text !== '') {
      yield* documentsOf(text, number);
    }
  }
}

/** A first line that is not complete JSON begins an array or object that is spread over lines. */
function isBeginningOfMore(firstLine: string): boolean {
  return /^(\[|\{\s*("items"\s*:\s*(\[|$)|$))/.test(firstLine) && !isJson(firstLine);
}

async function* readWhole(first: Buffer, rest: AsyncIterable<Buffer>): AsyncGenerator<DocumentLine> {
  const parts = [first];
  let size = first.length;
  for await (const line of rest) {
    parts.push(Buffer.from('\n'), line);
    size += line.length + 1;
    if (size > MAX_WHOLE_BYTES) {
      yield {
        line: 1,
        problem: `a JSON array or {"items":[…]} of more than ${MAX_WHOLE_BYTES} bytes; use JSON Lines`,
      };
      return;
    }
  }
  const text = decode(Buffer.concat(parts));
  if (text === undefined) yield { line: 1, problem: 'not UTF-8' };
  else yield* documentsOf(text, 1);
}

/** A text is a document, an array of documents, `{"items":[…]}`, or a string that holds a document's text (see export). */
function* documentsOf(text: string, line: number): Generator<DocumentLine> {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    yield { line, problem: 'not valid JSON' };
    return;
  }
  if (typeof value === 'string') {
    yield { line, text: value };
    return;
  }
  const isList = typeof value === 'object' && value !== null && !('id' in value) && 'items' in value;
  const slices = Array.isArray(value) ? sliceArray(text) : isList ? sliceArray(text, 'items') : undefined;
  for (const slice of slices ?? [text]) yield { line, text: slice };
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false; // the question was whether it parses
  }
}

/** Without the byte order mark of a file, and without white space around. Undefined when it is not UTF-8. */
function decode(bytes: Buffer): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes).replace(/^[ \t\r\n]+|[ \t\r\n]+$/g, '');
  } catch {
    return undefined; // TextDecoder's only way of saying no
  }
}

/** Unpacks gzip by its first two bytes, so that a wrong file name doesn't matter. */
async function* decompressed(input: AsyncIterable<Buffer | string>): AsyncGenerator<Buffer> {
  const source = input[Symbol.asyncIterator]();
  const first = await source.next();
  if (first.done) return;
  const head = Buffer.from(first.value);
  const whole = async function* () {
    yield head;
    for (let next = await source.next(); !next.done; next = await source.next())
      yield Buffer.from(next.value);
  };
  const isGzip = head.length >= 2 && head.readUInt16BE(0) === GZIP_MAGIC;
  if (!isGzip) yield* whole();
  // An error destroys the last stream, so the loop over it reports it; the callback has nothing to add.
  else yield* pipeline(Readable.from(whole()), createGunzip(), () => undefined) as AsyncIterable<Buffer>;
}

/** By LF bytes alone: readline would also split at U+2028, which may stand inside a document. */
async function* splitLines(input: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  let pending: Buffer[] = [];
  for await (const chunk of input) {
    let start = 0;
    for (let end = chunk.indexOf(0x0a); end !== -1; end = chunk.indexOf(0x0a, start)) {
      yield Buffer.concat([...pending, chunk.subarray(start, end)]);
      pending = [];
      start = end + 1;
    }
    if (start < chunk.length) pending.push(chunk.subarray(start));
  }
  if (pending.length > 0) yield Buffer.concat(pending);
}
