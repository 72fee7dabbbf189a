/**
 * Reads documents from a file: JSON values one after another, JSON arrays, or `{"items":[…]}`, each plain or gzipped.
 * Streams, and keeps every document's exact text.
 */
import { tryParseJson } from '../lib/parse-json.ts';
import { getOwn, isObject } from '../task/json-object.ts';
import { sliceArray } from '../task/slices.ts';
import { decompress } from './gunzip.ts';
import { splitJson } from './json-pieces.ts';
import { isSpace } from './json-scan.ts';

/** One document and its parsed value, or why a line has none. */
export type DocumentLine =
  | { readonly line: number; readonly text: string; readonly value: unknown }
  | { readonly line: number; readonly problem: string };

export async function* readDocumentLines(bytes: AsyncIterable<Uint8Array>): AsyncGenerator<DocumentLine> {
  let line = 1;
  const input = decompress(bytes);
  for await (const piece of splitJson(input.bytes)) {
    line = piece.line;
    if ('problem' in piece) {
      yield piece;
      continue;
    }
    const text = decode(piece.bytes);
    if (text === undefined) yield { line, problem: 'not UTF-8' };
    else if (text !== '') yield* readDocuments(text, line);
  }
  const problem = input.problem();
  if (problem !== undefined) yield { line, problem };
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

/** Without JSON's white space at both ends. By hand: a regular expression for the end tries every run of spaces inside. */
function trimSpace(bytes: Buffer): Buffer {
  let start = 0;
  let end = bytes.length;
  while (start < end && isSpace(bytes[start] ?? 0)) start += 1;
  while (end > start && isSpace(bytes[end - 1] ?? 0)) end -= 1;
  return bytes.subarray(start, end);
}

/** Trimmed text; undefined if it is not valid UTF-8. */
function decode(bytes: Buffer): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(trimSpace(bytes));
  } catch {
    return undefined; // TextDecoder reports invalid input only by throwing
  }
}
