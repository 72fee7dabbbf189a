/**
 * Cuts a stream into the texts of its documents: lines, the elements of an array or of `{"items":[…]}`, or an object that
 * is spread over lines. Only brackets and strings are looked at, so a file of any size passes in a small window; a line
 * that is broken costs itself alone.
 */
import { ByteReader } from './byte-reader.ts';

/** The exact bytes of a JSON value (or of a line that should be one), or why there are none. `line` counts from 1. */
export type Piece =
  | { readonly line: number; readonly bytes: Buffer }
  | { readonly line: number; readonly problem: string };

/** Nothing real comes near; beyond it a document is refused unread. */
export const MAX_PIECE_BYTES = 32 * 1024 * 1024;
const TOO_LONG = `longer than ${MAX_PIECE_BYTES} bytes`;

const LF = 0x0a;
const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const COMMA = 0x2c;
const OPEN_BRACKET = 0x5b;
const CLOSE_BRACKET = 0x5d;
const OPEN_BRACE = 0x7b;
const CLOSE_BRACE = 0x7d;
const BYTE_ORDER_MARK = Buffer.from([0xef, 0xbb, 0xbf]);
/** How far to look for `{"items":[`, and for a bracket alone. */
const HEAD_BYTES = 256;

export async function* splitJson(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Piece> {
  yield* new Splitter(chunks).splitPieces();
}

class Splitter {
  readonly #reader: ByteReader;
  #line = 1;

  constructor(chunks: AsyncIterable<Uint8Array>) {
    this.#reader = new ByteReader(chunks);
  }

  async *splitPieces(): AsyncGenerator<Piece> {
    await this.#atLeast(BYTE_ORDER_MARK.length);
    if (this.#reader.window.subarray(0, 3).equals(BYTE_ORDER_MARK)) this.#reader.consume(3);
    while ((await this.#skip(isSpace)) !== undefined) {
      const list = await this.#headOfList();
      if (list) yield* this.#elements(list);
      else yield* this.#oneLine();
    }
  }

  /** One line; or an object that begins with `{` alone on its line, up to where it ends. */
  async *#oneLine(): AsyncGenerator<Piece> {
    const line = this.#line;
    const end = await this.#find(LF);
    if (end === 'too long') {
      yield { line, problem: TOO_LONG };
      await this.#dropLine();
      return;
    }
    const isShort = end < HEAD_BYTES; // as a line with one bracket is
    if (isShort && this.#reader.window.subarray(0, end).toString('latin1').trim() === '{') {
      const whole = await this.#valueLength();
      if (typeof whole === 'number') {
        yield { line, bytes: this.#take(whole) };
        return;
      }
    }
    yield { line, bytes: this.#take(end) };
  }

  /** From behind `[` to behind `]`, and to the end of the object around it where there is one. */
  async *#elements({ length, isInObject }: ListHead): AsyncGenerator<Piece> {
    this.#take(length);
    for (;;) {
      const first = await this.#skip((byte) => isSpace(byte) || byte === COMMA);
      const line = this.#line;
      if (first === undefined) {
        yield { line, problem: 'the list has no end' };
        return;
      }
      if (first === CLOSE_BRACKET) {
        this.#take(1);
        if (isInObject) await this.#dropRestOfObject();
        return;
      }
      const size = first === CLOSE_BRACE ? 'no value' : await this.#valueLength();
      if (typeof size === 'number') {
        yield { line, bytes: this.#take(size) };
        continue;
      }
      yield { line, problem: size === 'too long' ? TOO_LONG : 'not valid JSON' };
      await this.#dropLine();
      return;
    }
  }

  /** Whether a list begins here. */
  async #headOfList(): Promise<ListHead | undefined> {
    const first = this.#reader.window[0];
    if (first === OPEN_BRACKET) return { length: 1, isInObject: false };
    if (first !== OPEN_BRACE) return undefined;
    await this.#atLeast(HEAD_BYTES);
    const head = this.#reader.window.subarray(0, HEAD_BYTES).toString('latin1');
    const match = /^\{\s*"items"\s*:\s*\[/.exec(head);
    return match ? { length: match[0].length, isInObject: true } : undefined;
  }

  /** How long the value is that begins here: it ends with its last bracket or quote, else before the next separator. */
  async #valueLength(): Promise<number | 'too long' | 'no end'> {
    const scan = { at: 0, depth: 0, isInString: false };
    for (;;) {
      const end = scanValue(this.#reader.window, scan);
      if (end !== undefined) return end > MAX_PIECE_BYTES ? 'too long' : end;
      if (this.#reader.window.length > MAX_PIECE_BYTES) return 'too long';
      if (!(await this.#reader.fill())) return isBare(this.#reader.window) ? scan.at : 'no end';
    }
  }

  async #dropRestOfObject(): Promise<void> {
    const scan = { at: 0, depth: 1, isInString: false };
    for (;;) {
      const end = scanValue(this.#reader.window, scan);
      if (end !== undefined) {
        this.#take(end);
        return;
      }
      const { length } = this.#reader.window;
      this.#take(length);
      scan.at -= length; // 1 after a backslash at its end
      if (!(await this.#reader.fill())) return;
    }
  }

  async #dropLine(): Promise<void> {
    for (;;) {
      const end = this.#reader.window.indexOf(LF);
      this.#take(end === -1 ? this.#reader.window.length : end + 1);
      if (end !== -1 || !(await this.#reader.fill())) return;
    }
  }

  /** Where a byte stands in the window, or where the stream ends. */
  async #find(byte: number): Promise<number | 'too long'> {
    for (let from = 0; ; ) {
      const at = this.#reader.window.indexOf(byte, from);
      if (at !== -1) return at > MAX_PIECE_BYTES ? 'too long' : at;
      from = this.#reader.window.length;
      if (from > MAX_PIECE_BYTES) return 'too long';
      if (!(await this.#reader.fill())) return from;
    }
  }

  /** Moves on over such bytes. @returns the first other byte, undefined at the end of the stream */
  async #skip(isSkipped: (byte: number) => boolean): Promise<number | undefined> {
    for (;;) {
      const at = this.#reader.window.findIndex((byte) => !isSkipped(byte));
      this.#take(at === -1 ? this.#reader.window.length : at);
      if (at !== -1) return this.#reader.window[0];
      if (!(await this.#reader.fill())) return undefined;
    }
  }

  async #atLeast(bytes: number): Promise<void> {
    while (this.#reader.window.length < bytes && (await this.#reader.fill()));
  }

  /** Consumes, and counts lines. The bytes are a copy. */
  #take(count: number): Buffer {
    const bytes = Buffer.from(this.#reader.window.subarray(0, count));
    for (let at = bytes.indexOf(LF); at !== -1; at = bytes.indexOf(LF, at + 1)) this.#line += 1;
    this.#reader.consume(count);
    return bytes;
  }
}

interface ListHead {
  /** Up to and with the `[`. */
  readonly length: number;
  readonly isInObject: boolean;
}

interface Scan {
  /** Where to go on; beyond the window after a backslash at its end. */
  at: number;
  depth: number;
  isInString: boolean;
}

/** @returns the index behind the value, undefined when it goes on beyond the window */
function scanValue(bytes: Buffer, scan: Scan): number | undefined {
  for (; scan.at < bytes.length; scan.at += 1) {
    const byte = bytes[scan.at];
    if (scan.isInString) {
      if (byte === BACKSLASH) scan.at += 1;
      else if (byte === QUOTE) {
        scan.isInString = false;
        if (scan.depth === 0) return scan.at + 1;
      }
    } else if (byte === QUOTE) scan.isInString = true;
    else if (byte === OPEN_BRACE || byte === OPEN_BRACKET) scan.depth += 1;
    else if (byte === CLOSE_BRACE || byte === CLOSE_BRACKET) {
      if (scan.depth === 0) return scan.at; // of the list around a bare value
      scan.depth -= 1;
      if (scan.depth === 0) return scan.at + 1;
    } else if (scan.depth === 0 && (byte === COMMA || isSpace(byte ?? 0))) return scan.at;
  }
  return undefined;
}

/** A number or a word, which the end of the stream may end. */
function isBare(bytes: Buffer): boolean {
  const first = bytes[0];
  return first !== QUOTE && first !== OPEN_BRACE && first !== OPEN_BRACKET;
}

function isSpace(byte: number): boolean {
  return byte === 0x20 || byte === LF || byte === 0x0d || byte === 0x09;
}
