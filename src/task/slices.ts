/**
 * Slices the exact source text of values out of a JSON text. A document must be served byte for byte as the upstream sent
 * it, so it is cut out of a batch answer by its offsets and never rebuilt from parsed values.
 */
import { createScanner, type JSONScanner, type SyntaxKind } from 'jsonc-parser';

/** jsonc-parser's token numbers. Its `const enum` can't be imported with `isolatedModules`. */
const Token = {
  OpenBrace: 1,
  CloseBrace: 2,
  OpenBracket: 3,
  CloseBracket: 4,
  Comma: 5,
  String: 10,
  End: 17,
} as const;

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const OPEN_BRACKET = 0x5b;
const CLOSE_BRACKET = 0x5d;
const OPEN_BRACE = 0x7b;
const CLOSE_BRACE = 0x7d;

/** Deeper JSON is rejected: real documents never are, and recursive code elsewhere would overflow the stack. */
export const MAX_DEPTH = 64;

/** Whether a JSON text may have more than `limit` objects and arrays; brackets inside strings count as well. */
export function hasMoreBrackets(text: string, limit: number): boolean {
  return count(text, ['{', '['], limit + 1) > limit;
}

/** Whether a JSON text may have more than `limit` values; commas inside strings count as well. */
export function hasMoreValues(text: string, limit: number): boolean {
  return count(text, [','], limit) >= limit;
}

/** Whether the brackets of a JSON text nest deeper than MAX_DEPTH. The text must be valid JSON. */
export function isTooDeep(text: string): boolean {
  // Fast path: with few brackets, as in almost every document, the text can't nest deeply.
  return hasMoreBrackets(text, MAX_DEPTH) && measureJsonDepth(text) > MAX_DEPTH;
}

/** Counts characters up to `limit` of each, including those inside strings. */
function count(text: string, characters: readonly string[], limit: number): number {
  let found = 0;
  for (const character of characters)
    for (let at = text.indexOf(character); at !== -1 && found < limit; at = text.indexOf(character, at + 1))
      found += 1;
  return found;
}

/** The nesting depth; stops early beyond MAX_DEPTH. Looks at characters only: a scanner of tokens takes ten times as long. */
function measureJsonDepth(text: string): number {
  let depth = 0;
  let deepest = 0;
  let isInString = false;
  for (let at = 0; at < text.length && deepest <= MAX_DEPTH; at += 1) {
    const code = text.charCodeAt(at);
    if (isInString) {
      if (code === BACKSLASH) at += 1;
      else if (code === QUOTE) isInString = false;
    } else if (code === QUOTE) isInString = true;
    else if (code === OPEN_BRACE || code === OPEN_BRACKET) {
      depth += 1;
      deepest = Math.max(deepest, depth);
    } else if (code === CLOSE_BRACE || code === CLOSE_BRACKET) depth -= 1;
  }
  return deepest;
}

/**
 * The exact texts of the elements of an array.
 * @param text valid JSON: the array itself, or an object when `member` is given
 * @param member the object's top-level member that holds the array; of duplicates the last one, as in JSON.parse
 * @returns one text per element, in order; undefined when the array is missing
 */
export function sliceArray(text: string, member?: string): string[] | undefined {
  const scanner = createScanner(text, true);
  const first = scanner.scan();
  if (member === undefined) {
    return first === Token.OpenBracket ? readElements(scanner, text) : undefined;
  }
  if (first !== Token.OpenBrace) return undefined;

  let found: string[] | undefined;
  while (scanner.scan() === Token.String) {
    const isWanted = scanner.getTokenValue() === member;
    scanner.scan(); // the colon
    const token = scanner.scan();
    if (isWanted) found = undefined;
    if (isWanted && token === Token.OpenBracket) found = readElements(scanner, text);
    else skipValue(scanner, token);
    if (scanner.scan() !== Token.Comma) break;
  }
  return found;
}

/** Reads from just after `[` to just after the matching `]`. */
function readElements(scanner: JSONScanner, text: string): string[] {
  const elements: string[] = [];
  for (let token = scanner.scan(); token !== Token.CloseBracket; token = scanner.scan()) {
    if (token === Token.End) break;
    if (token === Token.Comma) continue;
    const start = scanner.getTokenOffset();
    skipValue(scanner, token);
    elements.push(text.slice(start, scanner.getTokenOffset() + scanner.getTokenLength()));
  }
  return elements;
}

/** Advances to the last token of the value that begins with `token`. Iterative, because the input is untrusted. */
function skipValue(scanner: JSONScanner, token: SyntaxKind): void {
  let depth = isOpening(token) ? 1 : 0;
  while (depth > 0) {
    const next = scanner.scan();
    if (isOpening(next)) depth += 1;
    else if (isClosing(next)) depth -= 1;
    else if (next === Token.End) return;
  }
}

function isOpening(token: SyntaxKind): boolean {
  return token === Token.OpenBrace || token === Token.OpenBracket;
}

function isClosing(token: SyntaxKind): boolean {
  return token === Token.CloseBrace || token === Token.CloseBracket;
}
