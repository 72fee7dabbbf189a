/** Cuts what a person typed into pieces: words, quoted texts, `field:value`, parentheses, `OR`, `-`. */

export type Piece =
  | { readonly kind: 'word' | 'quoted'; readonly text: string }
  | { readonly kind: 'operator'; readonly name: string; readonly value: string; readonly text: string }
  | { readonly kind: 'open' | 'close' | 'or' | 'not' };

/** Deeper groups than this are read as text. */
const MAX_DEPTH = 30;
/** The quotes that telephones and Chinese keyboards type. */
const OTHER_QUOTES = /[“”„＂]/g;
const NAMED = /^([a-z]+):/i;

/**
 * The pieces in order; parentheses are balanced, and `OR` stands between two other pieces only by the typist's will.
 * @param operators lower-case names that may stand before a colon; any other `name:` is text
 */
export function cutPieces(typed: string, operators: Pick<ReadonlySet<string>, 'has'>): Piece[] {
  const text = typed.replace(OTHER_QUOTES, '"');
  const pieces: Piece[] = [];
  let depth = 0;
  let at = 0;
  while (at < text.length) {
    const char = text.charAt(at);
    if (/\s/.test(char)) {
      at += 1;
    } else if (char === '"') {
      const end = endOfQuote(text, at);
      pieces.push({ kind: 'quoted', text: text.slice(at + 1, end) });
      at = end + 1;
    } else if (char === '(' && depth < MAX_DEPTH) {
      pieces.push({ kind: 'open' });
      depth += 1;
      at += 1;
    } else if (char === ')' && depth > 0) {
      pieces.push({ kind: 'close' });
      depth -= 1;
      at += 1;
    } else if (char === '-' && /^[^\s-]/.test(text.slice(at + 1))) {
      pieces.push({ kind: 'not' });
      at += 1;
    } else {
      const end = endOfWord(text, at, depth > 0);
      const word = text.slice(at, end);
      const name = NAMED.exec(word)?.[1];
      if (word === 'OR') {
        pieces.push({ kind: 'or' });
        at = end;
      } else if (name !== undefined && operators.has(name.toLowerCase())) {
        const isQuoted = word.length === name.length + 1 && text.charAt(end) === '"';
        const after = isQuoted ? endOfQuote(text, end) + 1 : end;
        const value = isQuoted ? text.slice(end + 1, after - 1) : word.slice(name.length + 1);
        pieces.push({ kind: 'operator', name: name.toLowerCase(), value, text: text.slice(at, after) });
        at = after;
      } else {
        pieces.push({ kind: 'word', text: word });
        at = end;
      }
    }
  }
  for (; depth > 0; depth -= 1) pieces.push({ kind: 'close' });
  return pieces;
}

/** The offset of the closing quote, or of the end of the text where it is missing. */
function endOfQuote(text: string, start: number): number {
  const end = text.indexOf('"', start + 1);
  return end === -1 ? text.length : end;
}

/** A word ends at white space, at a quote, and inside a group at the parenthesis that closes the group. */
function endOfWord(text: string, start: number, isInGroup: boolean): number {
  let own = 0;
  for (let at = start; at < text.length; at += 1) {
    const char = text.charAt(at);
    if (/[\s"]/.test(char)) return at;
    if (char === '(') own += 1;
    if (char === ')') {
      if (own === 0 && isInGroup && at > start) return at;
      own -= 1;
    }
  }
  return text.length;
}
