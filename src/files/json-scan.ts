/**
 * Finds the end of a JSON value in bytes that arrive in chunks. Checks the grammar as far as brackets, commas and colons
 * go, so that a value that was cut off ends at the next value and not at the end of the file.
 */

export type ScanResult =
  /** `end` is the index after the value. */
  | { readonly kind: 'value'; readonly end: number }
  /** The value is an envelope like `{"count":1,"items":[…]}`; `end` is the index after the `[`. */
  | { readonly kind: 'list'; readonly end: number }
  | { readonly kind: 'invalid' };

export const LF = 0x0a;
const QUOTE = 0x22;
export const COMMA = 0x2c;
export const OPEN_BRACKET = 0x5b;
export const CLOSE_BRACKET = 0x5d;
export const OPEN_BRACE = 0x7b;
export const CLOSE_BRACE = 0x7d;
const COLON = 0x3a;
const BACKSLASH = 0x5c;
/** Far deeper than any document that is accepted; limits how much of a broken file is scanned repeatedly. */
const MAX_DEPTH = 1000;
const INVALID = { kind: 'invalid' } as const;

type Expected = 'value' | 'element' | 'key' | 'first key' | 'colon' | 'comma';

export class JsonScan {
  /** Where to continue in the window; beyond its end if it ended with a backslash. */
  at = 0;
  #expected: Expected = 'value';
  readonly #open: number[] = [];
  #isInString = false;
  #isInBare = false;
  #keyStart = 0;
  #isItems = false;
  #hasId = false;
  readonly #findsItems: boolean;

  /** @param findsItems whether to stop at the `items` of an envelope: an object without an `id` before them */
  constructor(findsItems = false) {
    this.#findsItems = findsItems;
  }

  /** Begins after a member of an object; finds the end of the object. */
  static afterMember(): JsonScan {
    const scan = new JsonScan();
    scan.#open.push(OPEN_BRACE);
    scan.#expected = 'comma';
    return scan;
  }

  /** Whether only a number or a literal was read, which the end of the stream terminates. */
  get isBare(): boolean {
    return this.#isInBare && this.#open.length === 0;
  }

  /** @returns undefined if the value continues beyond the window */
  scan(bytes: Buffer): ScanResult | undefined {
    while (this.at < bytes.length) {
      if (this.#isInString) {
        const result = this.#scanString(bytes);
        if (result) return result;
        continue;
      }
      const byte = bytes[this.at] ?? 0;
      if (isBareByte(byte)) {
        if (!this.#isInBare && !this.#beginValue()) return INVALID;
        this.#isInBare = true;
        this.at += 1;
        continue;
      }
      if (this.#isInBare) {
        this.#isInBare = false;
        if (this.#endValue()) return { kind: 'value', end: this.at };
      }
      if (!isSpace(byte)) {
        const result = this.#readToken(byte);
        if (result) return result;
      }
      this.at += 1;
    }
    return undefined;
  }

  #scanString(bytes: Buffer): ScanResult | undefined {
    let at = this.at;
    for (; at < bytes.length; at += 1) {
      const byte = bytes[at] ?? 0;
      if (byte === QUOTE) break;
      if (byte === BACKSLASH) at += 1;
      else if (byte < 0x20) return INVALID; // a string that lost its end
    }
    this.at = at;
    if (at >= bytes.length) return undefined;
    this.at += 1;
    this.#isInString = false;
    if (this.#expected === 'colon') {
      this.#noteKey(bytes);
      return undefined;
    }
    return this.#endValue() ? { kind: 'value', end: this.at } : undefined;
  }

  #readToken(byte: number): ScanResult | undefined {
    switch (byte) {
      case QUOTE:
        return this.#beginString();
      case OPEN_BRACE:
      case OPEN_BRACKET:
        return this.#openBracket(byte);
      case CLOSE_BRACE:
        return this.#closeBracket(OPEN_BRACE, this.#expected === 'first key');
      case CLOSE_BRACKET:
        return this.#closeBracket(OPEN_BRACKET, this.#expected === 'element');
      case COLON:
        if (this.#expected !== 'colon') return INVALID;
        this.#expected = 'value';
        return undefined;
      case COMMA:
        if (this.#expected !== 'comma') return INVALID;
        this.#expected = this.#open.at(-1) === OPEN_BRACE ? 'key' : 'value';
        return undefined;
      default:
        return INVALID;
    }
  }

  #beginString(): ScanResult | undefined {
    if (this.#expected === 'key' || this.#expected === 'first key') {
      this.#expected = 'colon';
      this.#keyStart = this.at;
    } else if (!this.#beginValue()) return INVALID;
    this.#isInString = true;
    return undefined;
  }

  #openBracket(byte: number): ScanResult | undefined {
    const isItems = this.#isItems;
    if (!this.#beginValue() || this.#open.length >= MAX_DEPTH) return INVALID;
    if (isItems && byte === OPEN_BRACKET) return { kind: 'list', end: this.at + 1 };
    this.#open.push(byte);
    this.#expected = byte === OPEN_BRACE ? 'first key' : 'element';
    return undefined;
  }

  #closeBracket(opening: number, isEmpty: boolean): ScanResult | undefined {
    if (this.#open.at(-1) !== opening || !(isEmpty || this.#expected === 'comma')) return INVALID;
    this.#open.pop();
    return this.#endValue() ? { kind: 'value', end: this.at + 1 } : undefined;
  }

  #beginValue(): boolean {
    this.#isItems = false;
    if (this.#expected !== 'value' && this.#expected !== 'element') return false;
    this.#expected = 'comma';
    return true;
  }

  /** @returns whether the outermost value has ended */
  #endValue(): boolean {
    this.#expected = 'comma';
    return this.#open.length === 0;
  }

  #noteKey(bytes: Buffer): void {
    if (!this.#findsItems || this.#open.length !== 1 || this.at - this.#keyStart > 7) return;
    const key = bytes.toString('latin1', this.#keyStart, this.at);
    if (key === '"id"') this.#hasId = true;
    this.#isItems = key === '"items"' && !this.#hasId;
  }
}

export function isSpace(byte: number): boolean {
  return byte === 0x20 || byte === LF || byte === 0x0d || byte === 0x09;
}

/** A byte of a number or a literal. */
function isBareByte(byte: number): boolean {
  return (
    (byte >= 0x30 && byte <= 0x39) || // 0-9
    (byte >= 0x61 && byte <= 0x7a) || // a-z
    byte === 0x2d || // -
    byte === 0x2b || // +
    byte === 0x2e || // .
    byte === 0x45 // E
  );
}
