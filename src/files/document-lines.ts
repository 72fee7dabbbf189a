/**
 * Reads documents from a file: JSON Lines, a JSON array, or `{"items":[…]}`, each plain or gzipped. Streams, and keeps
 * every document's exact text.
 */
import { pipeline, Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { getErrorCode } from '../lib/errno.ts';
import { tryParseJson } from '../lib/parse-json.ts';
import { getOwn, isObject } from '../task/json-object.ts';
import { sliceArray } from '../task/slices.ts';
import { splitJson } from './json-pieces.ts';

/** One document and its parsed value, or why a line has none. */
export type DocumentLine =
  | { readonly line: number; readonly text: string; readonly value: unknown }
  | { readonly line: number; readonly problem: string };

const GZIP_MAGIC = 0x1f8b;

export async function* readDocumentLines(bytes: AsyncIterable<Uint8Array>): AsyncGenerator<DocumentLine> {
  let line = 1;
  try {
    for await (const piece of splitJson(decompress(bytes))) {
      line = piece.line;
      if ('problem' in piece) {
        yield piece;
        continue;
      }
      const text = decode(piece.bytes);
      if (text === undefined) yield { line, problem: 'not UTF-8' };
      else if (text !== '') yield* readDocuments(text, line);
    }
  } catch (error) {
    if (!isGzipError(error)) throw error;
    yield { line, problem: 'the gzip is damaged or incomplete from here on' };
  }
}

/** A text is a document, an array of documents, `{"items":[…]}`, or a string that holds a document's text (see export). */
function* readDocuments(text: string, line: number): Generator<DocumentLine> {
  const value = tryParseJson(text);
  if (typeof value === 'string') {
    yield { line, text: value, value: tryParseJson(value) };
    return;
  }
  if (value === undefined) {
    yield { line, problem: 'not valid JSON' };
    return;
  }
  if (Array.isArray(value)) yield* splitElements(value, sliceArray(text), line);
  else if (isList(value)) yield* splitElements(value.items, sliceArray(text, 'items'), line);
  else yield { line, text, value };
}

function* splitElements(
  values: readonly unknown[],
  texts: readonly string[] | undefined,
  line: number,
): Generator<DocumentLine> {
  for (const [at, text] of (texts ?? []).entries()) yield { line, text, value: values[at] };
}

function isList(value: unknown): value is { items: unknown[] } {
  return isObject(value) && getOwn(value, 'id') === undefined && Array.isArray(getOwn(value, 'items'));
}

/** Trimmed text; undefined if it is not valid UTF-8. */
function decode(bytes: Buffer): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes).replace(/^[ \t\r\n]+|[ \t\r\n]+$/g, '');
  } catch {
    return undefined; // TextDecoder reports invalid input only by throwing
  }
}

/** Detects gzip by its first two bytes, whatever the file name. */
async function* decompress(input: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  const source = input[Symbol.asyncIterator]();
  const first = await source.next();
  if (first.done) return;
  const head = Buffer.from(first.value);
  const rejoinChunks = async function* () {
    yield head;
    for (let next = await source.next(); !next.done; next = await source.next()) yield next.value;
  };
  const isGzip = head.length >= 2 && head.readUInt16BE(0) === GZIP_MAGIC;
  if (!isGzip) yield* rejoinChunks();
  // An error destroys the last stream, so the loop over it throws; the callback has nothing to add.
  else
    yield* pipeline(Readable.from(rejoinChunks()), createGunzip(), () => undefined) as AsyncIterable<Buffer>;
}

function isGzipError(error: unknown): boolean {
  return /^Z_/.test(getErrorCode(error) ?? '');
}
