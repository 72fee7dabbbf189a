/**
 * The exact text of parts of a JSON text. A document must be served byte for byte as the upstream sent it, so it
 * is cut out of a batch answer by its offsets and never made anew from parsed values.
 */
import { createScanner, type JSONScanner, type SyntaxKind } from 'jsonc-parser';

/** jsonc-parser's token numbers. Its enum is `const`, which a file that is compiled alone can't read. */
const Token = {
  OpenBrace: 1,
  CloseBrace: 2,
  OpenBracket: 3,
  CloseBracket: 4,
  Comma: 5,
  String: 10,
  End: 17,
} as const;

/** Deeper JSON than this is refused: nothing real is, and recursive code elsewhere would overflow the stack. */
export const MAX_DEPTH = 64;

/** Whether the brackets of a JSON text nest deeper than MAX_DEPTH. The text must be valid JSON. */
export function isTooDeep(text: string): boolean {
  // Few brackets can't nest deep, and almost every document has few.
  return countUpTo(text, MAX_DEPTH + 1) > MAX_DEPTH && measureJsonDepth(text) > MAX_DEPTH;
}

/** How many brackets open in a text, those in strings as well. */
function countUpTo(text: string, limit: number): number {
  let count = 0;
  for (const bracket of ['{', '['])
    for (let at = text.indexOf(bracket); at !== -1 && count < limit; at = text.indexOf(bracket, at + 1))
      count += 1;
  return count;
}

/** Stops counting just beyond MAX_DEPTH. */
function measureJsonDepth(text: string): number {
  let depth = 0;
  let deepest = 0;
  const scanner = createScanner(text, true);
  for (let token = scanner.scan(); token !== Token.End; token = scanner.scan()) {
    if (isOpening(token)) {
      depth += 1;
      deepest = Math.max(deepest, depth);
      if (deepest > MAX_DEPTH) return deepest;
    } else if (isClosing(token)) {
      depth -= 1;
    }
  }
  return deepest;
}

/**
 * The exact texts of the elements of an array.
 * @param text valid JSON: the array itself, or an object when `member` is given
 * @param member the object's top-level member that holds the array; the last one if it stands there twice, as in JSON.parse
 * @returns one text an element, in order; undefined when there is no such array
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

/** Reads from just behind `[` to just behind its `]`. */
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

/** Moves to the last token of the value that begins with `token`. A loop, not a recursion: the input is foreign. */
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
