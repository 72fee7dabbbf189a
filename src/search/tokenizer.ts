/** Splits a typed query into tokens: words, quoted texts, `field:value`, dates, parentheses, `OR`, `-`. */
import type { DateOperator, SpokenDate } from './spoken/find-date.ts';

export type Token = TokenContent & {
  /** Offsets into the text: [start, end). */
  readonly start: number;
  readonly end: number;
};

export type TokenContent =
  | { readonly kind: 'word' | 'quoted'; readonly text: string }
  | { readonly kind: 'operator'; readonly name: string; readonly value: string; readonly text: string }
  | { readonly kind: 'date'; readonly text: string; readonly operators: readonly DateOperator[] }
  | { readonly kind: 'open' | 'close' | 'or' | 'not' };

/** Parentheses nested deeper are read as text. */
const MAX_DEPTH = 30;
const NAMED = /^([a-z]+):/i;

/**
 * The tokens in order, with balanced parentheses; `OR` may occur anywhere.
 * @param operators lower-case operator names; any other `name:` is text
 * @param findDate finds a date at the beginning of a word
 */
export function tokenize(
  text: string,
  operators: Pick<ReadonlySet<string>, 'has'>,
  findDate: (text: string, at: number) => SpokenDate | undefined,
): Token[] {
  const tokens: Token[] = [];
  let depth = 0;
  let at = 0;
  const add = (token: TokenContent, end: number) => {
    tokens.push({ ...token, start: at, end });
    at = end;
  };
  while (at < text.length) {
    const char = text.charAt(at);
    if (/\s/.test(char)) {
      at += 1;
    } else if (char === '"') {
      const end = findQuoteEnd(text, at);
      add({ kind: 'quoted', text: text.slice(at + 1, end) }, end + 1);
    } else if (char === '(' && depth < MAX_DEPTH) {
      add({ kind: 'open' }, at + 1);
      depth += 1;
    } else if (char === ')' && depth > 0) {
      add({ kind: 'close' }, at + 1);
      depth -= 1;
    } else if (char === '-' && /^[^\s-]/.test(text.slice(at + 1))) {
      add({ kind: 'not' }, at + 1);
    } else {
      const date = findDate(text, at);
      if (date) {
        add({ kind: 'date', text: text.slice(at, date.end).trim(), operators: date.operators }, date.end);
        continue;
      }
      const end = findWordEnd(text, at, depth > 0);
      const word = text.slice(at, end);
      const name = NAMED.exec(word)?.[1];
      if (word === 'OR') {
        add({ kind: 'or' }, end);
      } else if (name !== undefined && operators.has(name.toLowerCase())) {
        const isQuoted = word.length === name.length + 1 && text.charAt(end) === '"';
        const after = isQuoted ? findQuoteEnd(text, end) + 1 : end;
        const value = isQuoted ? text.slice(end + 1, after - 1) : word.slice(name.length + 1);
        add({ kind: 'operator', name: name.toLowerCase(), value, text: text.slice(at, after) }, after);
      } else {
        add({ kind: 'word', text: word }, end);
      }
    }
  }
  for (; depth > 0; depth -= 1) add({ kind: 'close' }, at);
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
