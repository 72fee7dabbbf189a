/**
 * Splits a stream into the texts of its documents: JSON values one after another, on lines of their own, over several lines
 * or appended on one line, and the elements of arrays and of `{"items":[…]}`. A file of any size needs only a small window;
 * a malformed value costs its line and no others.
 */
import { ByteReader } from './byte-reader.ts';
import {
  CLOSE_BRACE,
  CLOSE_BRACKET,
  COMMA,
  isSpace,
  JsonScan,
  LF,
  OPEN_BRACE,
  OPEN_BRACKET,
} from './json-scan.ts';

/** The exact bytes of a JSON value (or of a line that should be one), or why there are none. `line` is 1-based. */
export type Piece =
  | { readonly line: number; readonly bytes: Buffer }
  | { readonly line: number; readonly problem: string };

/** Far larger than any real document; a longer one is skipped without buffering it. */
export const MAX_PIECE_BYTES = 32 * 1024 * 1024;
const NO_END = 'the list has no end';
const TOO_LONG = `longer than ${MAX_PIECE_BYTES} bytes`;

const BYTE_ORDER_MARK = Buffer.from([0xef, 0xbb, 0xbf]);
/** Separates values in a JSON text sequence (RFC 7464). */
const RECORD_SEPARATOR = 0x1e;
/** How far a line is searched for something behind a value. */
const MAX_TRAILING_SPACE = 1024;

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
    for (;;) {
      const first = await this.#skip((byte) => isSpace(byte) || byte === COMMA || byte === RECORD_SEPARATOR);
      if (first === undefined) return;
      if (await this.#dropByteOrderMark()) continue;
      if (first === OPEN_BRACKET) yield* this.#readElements(1, false);
      else if (first === OPEN_BRACE) yield* this.#readObject();
      else yield* this.#readLine();
    }
  }

  /** An object or the elements of an envelope; only the line, if the object is malformed. */
  async *#readObject(): AsyncGenerator<Piece> {
    const line = this.#line;
    const found = await this.#scanValue(new JsonScan(true));
    if (typeof found === 'string') yield* this.#readLine();
    else if (found.kind === 'list') yield* this.#readElements(found.end, true);
    else yield { line, bytes: this.#take(await this.#includeTrailingSpace(found.end)) };
  }

  async *#readLine(): AsyncGenerator<Piece> {
    const line = this.#line;
    const end = await this.#find(LF);
    if (typeof end === 'number') {
      yield { line, bytes: this.#take(end) };
      return;
    }
    yield { line, problem: TOO_LONG };
    await this.#dropLine();
  }

  /** Everything from after `[` to after `]`, and to the end of the enclosing object if there is one. */
  async *#readElements(headLength: number, isInObject: boolean): AsyncGenerator<Piece> {
    this.#take(headLength);
    for (;;) {
      const first = await this.#skip((byte) => isSpace(byte) || byte === COMMA);
      const line = this.#line;
      if (first === undefined) {
        yield { line, problem: NO_END };
        return;
      }
      if (first === CLOSE_BRACKET) {
        this.#take(1);
        if (isInObject) yield* this.#dropRestOfObject();
        return;
      }
      const found = first === CLOSE_BRACE ? 'invalid' : await this.#scanValue(new JsonScan());
      if (typeof found !== 'string') {
        yield { line, bytes: this.#take(found.end) };
        continue;
      }
      yield { line, problem: found === 'too long' ? TOO_LONG : 'not valid JSON' };
      await this.#dropLine();
      return;
    }
  }

  /** Scans the value that starts here. */
  async #scanValue(scan: JsonScan): Promise<Found | 'too long' | 'invalid'> {
    for (;;) {
      const found = scan.scan(this.#reader.window);
      if (found?.kind === 'invalid') return 'invalid';
      if (found) return found.end > MAX_PIECE_BYTES ? 'too long' : found;
      if (this.#reader.window.length > MAX_PIECE_BYTES) return 'too long';
      if (!(await this.#reader.fill())) return scan.isBare ? { kind: 'value', end: scan.at } : 'invalid';
    }
  }

  /** Extends a value to the end of its line if nothing but white space follows there. */
  async #includeTrailingSpace(end: number): Promise<number> {
    for (let at = end; at - end < MAX_TRAILING_SPACE; at += 1) {
      if (at === this.#reader.window.length && !(await this.#reader.fill())) return at;
      const byte = this.#reader.window[at] ?? 0;
      if (byte === LF) return at;
      if (!isSpace(byte)) return end;
    }
    return end;
  }

  /** Members after the list. An object that is malformed there ends there, so that it does not swallow what follows. */
  async *#dropRestOfObject(): AsyncGenerator<Piece> {
    const scan = JsonScan.afterMember();
    for (;;) {
      const found = scan.scan(this.#reader.window);
      const { length } = this.#reader.window;
      const used = found?.kind === 'value' ? found.end : Math.min(scan.at, length);
      this.#take(used);
      scan.at -= used; // 1 if the window ended with a backslash
      if (found?.kind === 'value') return;
      if (found || !(await this.#reader.fill())) {
        yield { line: this.#line, problem: NO_END };
        return;
      }
    }
  }

  /** At the beginning of a file, or of one of several that were joined. */
  async #dropByteOrderMark(): Promise<boolean> {
    if (this.#reader.window[0] !== BYTE_ORDER_MARK[0]) return false;
    await this.#fillAtLeast(BYTE_ORDER_MARK.length);
    const isThere = this.#reader.window.subarray(0, BYTE_ORDER_MARK.length).equals(BYTE_ORDER_MARK);
    if (isThere) this.#reader.consume(BYTE_ORDER_MARK.length);
    return isThere;
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

interface Found {
  readonly kind: 'value' | 'list';
  readonly end: number;
}
