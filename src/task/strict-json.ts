/**
 * Checks that a body is one JSON object in UTF-8 and nothing else (RFC 8259, without extensions): parsers that accept more, such as
 * comments, other quotes, UTF-16 or a second object, don't agree on what they read.
 */

/** Why a body is not one JSON object. */
export type JsonProblem =
  | { readonly kind: 'not-utf8' }
  | { readonly kind: 'not-an-object' }
  | { readonly kind: 'trailing' }
  | { readonly kind: 'incomplete' }
  /** @param at of the first byte that JSON does not allow there */
  | { readonly kind: 'syntax'; readonly at: number };

/** Reads bytes as they arrive, in memory bounded by their nesting. */
export interface ObjectChecker {
  /** @returns the first problem so far, undefined if there is none */
  push(chunk: Uint8Array): JsonProblem | undefined;
  /** @returns the problem of a body that ends here */
  end(): JsonProblem | undefined;
}

type Expected = 'object' | 'first name' | 'name' | 'colon' | 'first item' | 'value' | 'comma' | 'end';

const BYTE_ORDER_MARK = [0xef, 0xbb, 0xbf];
const QUOTE = 0x22;
const COMMA = 0x2c;
const COLON = 0x3a;
const OPEN_BRACKET = 0x5b;
const BACKSLASH = 0x5c;
const CLOSE_BRACKET = 0x5d;
const UNICODE_ESCAPE = 0x75;
const OPEN_BRACE = 0x7b;
const CLOSE_BRACE = 0x7d;
const SPACES: ReadonlySet<number> = new Set(Buffer.from(' \t\r\n'));
const ESCAPES: ReadonlySet<number> = new Set(Buffer.from('"\\/bfnrtu'));
const HEX_DIGITS: ReadonlySet<number> = new Set(Buffer.from('0123456789abcdefABCDEF'));
const WORD_BYTES: ReadonlySet<number> = new Set(Buffer.from('0123456789+-.Eabcdefghijklmnopqrstuvwxyz'));
const WORD = /^(?:true|false|null|-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?)$/;
/** No real number is that long. */
const MAX_WORD_BYTES = 1024;

export function createObjectChecker(): ObjectChecker {
  const decoder = new TextDecoder('utf-8', { fatal: true });
  const grammar = createGrammar();
  let problem: JsonProblem | undefined;
  let offset = 0;

  const decode = (chunk?: Uint8Array) => {
    try {
      decoder.decode(chunk, { stream: chunk !== undefined });
    } catch {
      problem = { kind: 'not-utf8' };
    }
  };
  return {
    push: (chunk) => {
      if (problem === undefined) decode(chunk);
      for (let at = 0; at < chunk.length && problem === undefined; at += 1)
        problem = grammar.read(chunk[at] as number, offset + at);
      offset += chunk.length;
      return problem;
    },
    end: () => {
      if (problem === undefined) decode();
      return problem ?? grammar.end();
    },
  };
}

function createGrammar() {
  /** The closing bytes of what is open. */
  const open: number[] = [];
  let expected: Expected = 'object';
  let isInString = false;
  let isEscaped = false;
  let missingHexDigits = 0;
  /** The bytes of the number or literal being read. */
  let word: number[] | undefined;

  const readInString = (byte: number): boolean => {
    if (missingHexDigits > 0) {
      missingHexDigits -= 1;
      return HEX_DIGITS.has(byte);
    }
    if (isEscaped) {
      isEscaped = false;
      if (byte === UNICODE_ESCAPE) missingHexDigits = 4;
      return ESCAPES.has(byte);
    }
    if (byte === QUOTE) isInString = false;
    else isEscaped = byte === BACKSLASH;
    return byte >= 0x20;
  };

  const beginValue = (): boolean => {
    const isAllowed = expected === 'value' || expected === 'first item';
    expected = 'comma';
    return isAllowed;
  };

  const readOpening = (byte: number): boolean => {
    const isAllowed = (expected === 'object' && byte === OPEN_BRACE) || beginValue();
    open.push(byte === OPEN_BRACE ? CLOSE_BRACE : CLOSE_BRACKET);
    expected = byte === OPEN_BRACE ? 'first name' : 'first item';
    return isAllowed;
  };

  const readClosing = (byte: number): boolean => {
    const isEmpty = expected === (byte === CLOSE_BRACE ? 'first name' : 'first item');
    const isAllowed = (isEmpty || expected === 'comma') && open.pop() === byte;
    expected = open.length === 0 ? 'end' : 'comma';
    return isAllowed;
  };

  const readStructure = (byte: number): boolean => {
    switch (byte) {
      case QUOTE:
        isInString = true;
        if (expected !== 'first name' && expected !== 'name') return beginValue();
        expected = 'colon';
        return true;
      case OPEN_BRACE:
      case OPEN_BRACKET:
        return readOpening(byte);
      case CLOSE_BRACE:
      case CLOSE_BRACKET:
        return readClosing(byte);
      case COLON:
        if (expected !== 'colon') return false;
        expected = 'value';
        return true;
      case COMMA:
        if (expected !== 'comma') return false;
        expected = open.at(-1) === CLOSE_BRACE ? 'name' : 'value';
        return true;
      default:
        word = [byte];
        return WORD_BYTES.has(byte) && beginValue();
    }
  };

  /** A number or a literal ends with the first byte that is not of one. */
  const readOutsideString = (byte: number): boolean => {
    if (word !== undefined) {
      if (WORD_BYTES.has(byte)) return word.push(byte) <= MAX_WORD_BYTES;
      if (!WORD.test(Buffer.from(word).toString())) return false;
      word = undefined;
    }
    return SPACES.has(byte) || readStructure(byte);
  };

  return {
    read: (byte: number, at: number): JsonProblem | undefined => {
      if (isInString) return readInString(byte) ? undefined : { kind: 'syntax', at };
      if (expected === 'object' && byte === BYTE_ORDER_MARK[at]) return undefined;
      if (expected === 'object' && byte !== OPEN_BRACE && !SPACES.has(byte)) return { kind: 'not-an-object' };
      if (expected === 'end' && !SPACES.has(byte)) return { kind: 'trailing' };
      return readOutsideString(byte) ? undefined : { kind: 'syntax', at };
    },
    end: (): JsonProblem | undefined => {
      if (expected === 'object') return { kind: 'not-an-object' };
      return expected === 'end' ? undefined : { kind: 'incomplete' };
    },
  };
}
