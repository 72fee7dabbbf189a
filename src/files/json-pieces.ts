/**
 * Splits a stream into the texts of its documents: lines, elements of an array or of `{"items":[…]}`, or an object that
 * spans lines. Only brackets and strings are scanned, so a file of any size needs only a small window; a malformed line
 * does not affect the others.
 */
import { ByteReader } from './byte-reader.ts';

/** The exact bytes of a JSON value (or of a line that should be one), or why there are none. `line` is 1-based. */
export type Piece =
  | { readonly line: number; readonly bytes: Buffer }
  | { readonly line: number; readonly problem: string };

/** Far larger than any real document; a longer one is skipped without buffering it. */
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
/** How far to look for `{"items":[`, or for a line with only a bracket. */
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
    await this.#fillAtLeast(BYTE_ORDER_MARK.length);
    if (this.#reader.window.subarray(0, 3).equals(BYTE_ORDER_MARK)) this.#reader.consume(3);
    while ((await this.#skip(isSpace)) !== undefined) {
      const list = await this.#readListHead();
      if (list) yield* this.#readElements(list);
      else yield* this.#readLine();
    }
  }

  /** One line; or, if the line is only `{`, the whole object that starts there. */
  async *#readLine(): AsyncGenerator<Piece> {
    const line = this.#line;
    const end = await this.#find(LF);
    if (end === 'too long') {
      yield { line, problem: TOO_LONG };
      await this.#dropLine();
      return;
    }
    const isShort = end < HEAD_BYTES; // only a short line can be a single bracket
    if (isShort && this.#reader.window.subarray(0, end).toString('latin1').trim() === '{') {
      const whole = await this.#measureValue();
      if (typeof whole === 'number') {
        yield { line, bytes: this.#take(whole) };
        return;
      }
    }
    yield { line, bytes: this.#take(end) };
  }

  /** Everything from after `[` to after `]`, and to the end of the enclosing object if there is one. */
  async *#readElements({ length, isInObject }: ListHead): AsyncGenerator<Piece> {
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
      const size = first === CLOSE_BRACE ? 'no value' : await this.#measureValue();
      if (typeof size === 'number') {
        yield { line, bytes: this.#take(size) };
        continue;
      }
      yield { line, problem: size === 'too long' ? TOO_LONG : 'not valid JSON' };
      await this.#dropLine();
      return;
    }
  }

  /** The head of a list, if one starts here. */
  async #readListHead(): Promise<ListHead | undefined> {
    const first = this.#reader.window[0];
    if (first === OPEN_BRACKET) return { length: 1, isInObject: false };
    if (first !== OPEN_BRACE) return undefined;
    await this.#fillAtLeast(HEAD_BYTES);
    const head = this.#reader.window.subarray(0, HEAD_BYTES).toString('latin1');
    const match = /^\{\s*"items"\s*:\s*\[/.exec(head);
    return match ? { length: match[0].length, isInObject: true } : undefined;
  }

  /** Length of the value that starts here: up to its closing bracket or quote, otherwise up to the next separator. */
  async #measureValue(): Promise<number | 'too long' | 'no end'> {
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
      scan.at -= length; // 1 if the window ended with a backslash
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

  /** Offset of a byte in the window, or of the end of the stream. */
  async #find(byte: number): Promise<number | 'too long'> {
    for (let from = 0; ; ) {
      const at = this.#reader.window.indexOf(byte, from);
      if (at !== -1) return at > MAX_PIECE_BYTES ? 'too long' : at;
      from = this.#reader.window.length;
      if (from > MAX_PIECE_BYTES) return 'too long';
      if (!(await this.#reader.fill())) return from;
    }
  }

  /** Skips matching bytes. @returns the first other byte, undefined at the end of the stream */
  async #skip(isSkipped: (byte: number) => boolean): Promise<number | undefined> {
    for (;;) {
      const at = this.#reader.window.findIndex((byte) => !isSkipped(byte));
      this.#take(at === -1 ? this.#reader.window.length : at);
      if (at !== -1) return this.#reader.window[0];
      if (!(await this.#reader.fill())) return undefined;
    }
  }

  async #fillAtLeast(bytes: number): Promise<void> {
    while (this.#reader.window.length < bytes && (await this.#reader.fill()));
  }

  /** Consumes bytes and counts lines. @returns a copy of the bytes */
  #take(count: number): Buffer {
    const bytes = Buffer.from(this.#reader.window.subarray(0, count));
    for (let at = bytes.indexOf(LF); at !== -1; at = bytes.indexOf(LF, at + 1)) this.#line += 1;
    this.#reader.consume(count);
    return bytes;
  }
}

interface ListHead {
  /** Up to and including the `[`. */
  readonly length: number;
  readonly isInObject: boolean;
}

interface Scan {
  /** Where to continue; beyond the window if it ended with a backslash. */
  at: number;
  depth: number;
  isInString: boolean;
}

/** @returns the index after the value, undefined if it continues beyond the window */
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
      if (scan.depth === 0) return scan.at; // closes the list around a bare value
      scan.depth -= 1;
      if (scan.depth === 0) return scan.at + 1;
    } else if (scan.depth === 0 && (byte === COMMA || isSpace(byte ?? 0))) return scan.at;
  }
  return undefined;
}

/** Whether it is a number or a literal, which the end of the stream terminates. */
function isBare(bytes: Buffer): boolean {
  const first = bytes[0];
  return first !== QUOTE && first !== OPEN_BRACE && first !== OPEN_BRACKET;
}

function isSpace(byte: number): boolean {
  return byte === 0x20 || byte === LF || byte === 0x0d || byte === 0x09;
}
