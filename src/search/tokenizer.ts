/** Splits a typed query into tokens: words, quoted texts, `field:value`, dates, parentheses, `OR`, `-`. */
import type { DateOperator, SpokenDate } from './spoken/find-date.ts';

export type Token =
  | { readonly kind: 'word' | 'quoted'; readonly text: string }
  | { readonly kind: 'operator'; readonly name: string; readonly value: string; readonly text: string }
  | { readonly kind: 'date'; readonly text: string; readonly operators: readonly DateOperator[] }
  | { readonly kind: 'open' | 'close' | 'or' | 'not' };

/** Parentheses nested deeper are read as text. */
const MAX_DEPTH = 30;
/** Quotation marks of phones. */
const OTHER_QUOTES = /[“”„]/g;
const NAMED = /^([a-z]+):/i;

/**
 * The tokens in order, with balanced parentheses; `OR` may occur anywhere.
 * @param operators lower-case operator names; any other `name:` is text
 * @param findDate finds a date at the beginning of a word
 */
export function tokenize(
  typed: string,
  operators: Pick<ReadonlySet<string>, 'has'>,
  findDate: (text: string, at: number) => SpokenDate | undefined,
): Token[] {
  const text = typed.replace(OTHER_QUOTES, '"');
  const tokens: Token[] = [];
  let depth = 0;
  let at = 0;
  while (at < text.length) {
    const char = text.charAt(at);
    if (/\s/.test(char)) {
      at += 1;
    } else if (char === '"') {
      const end = findQuoteEnd(text, at);
      tokens.push({ kind: 'quoted', text: text.slice(at + 1, end) });
      at = end + 1;
    } else if (char === '(' && depth < MAX_DEPTH) {
      tokens.push({ kind: 'open' });
      depth += 1;
      at += 1;
    } else if (char === ')' && depth > 0) {
      tokens.push({ kind: 'close' });
      depth -= 1;
      at += 1;
    } else if (char === '-' && /^[^\s-]/.test(text.slice(at + 1))) {
      tokens.push({ kind: 'not' });
      at += 1;
    } else {
      const date = findDate(text, at);
      if (date) {
        tokens.push({ kind: 'date', text: text.slice(at, date.end).trim(), operators: date.operators });
        at = date.end;
        continue;
      }
      const end = findWordEnd(text, at, depth > 0);
      const word = text.slice(at, end);
      const name = NAMED.exec(word)?.[1];
      if (word === 'OR') {
        tokens.push({ kind: 'or' });
        at = end;
      } else if (name !== undefined && operators.has(name.toLowerCase())) {
        const isQuoted = word.length === name.length + 1 && text.charAt(end) === '"';
        const after = isQuoted ? findQuoteEnd(text, end) + 1 : end;
        const value = isQuoted ? text.slice(end + 1, after - 1) : word.slice(name.length + 1);
        tokens.push({ kind: 'operator', name: name.toLowerCase(), value, text: text.slice(at, after) });
        at = after;
      } else {
        tokens.push({ kind: 'word', text: word });
        at = end;
      }
    }
  }
  for (; depth > 0; depth -= 1) tokens.push({ kind: 'close' });
  return tokens;
}

/** The offset of the closing quote, or the end of the text if it is missing. */
function findQuoteEnd(text: string, start: number): number {
  const end = text.indexOf('"', start + 1);
  return end === -1 ? text.length : end;
}

/** A word ends at white space, at a quote, and inside a group at its closing parenthesis. */
function findWordEnd(text: string, start: number, isInGroup: boolean): number {
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
