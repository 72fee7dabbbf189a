/**
 * JSON objects that parsers read differently: with a duplicate member, some take the first value and some the last (RFC 8259,
 * section 4), and parsers that ignore case take `Action` for `action`. What is checked by one reading must not be passed on to
 * another one.
 */
import { createScanner } from 'jsonc-parser';
import { Token } from './slices.ts';

/**
 * @param text valid JSON
 * @returns a member whose name occurs twice in one object, at any depth, apart from case and escapes; undefined if there is none
 */
export function findAmbiguousMember(text: string): string | undefined {
  const scanner = createScanner(text, true);
  /** The names of each open object, in lower case; undefined for an open array. */
  const open: (Set<string> | undefined)[] = [];
  let isNameNext = false;
  for (let token = scanner.scan(); token !== Token.End; token = scanner.scan()) {
    if (token === Token.OpenBrace || token === Token.OpenBracket) {
      open.push(token === Token.OpenBrace ? new Set() : undefined);
      isNameNext = token === Token.OpenBrace;
    } else if (token === Token.CloseBrace || token === Token.CloseBracket) {
      open.pop();
    } else if (token === Token.Comma) {
      isNameNext = open.at(-1) !== undefined;
    } else if (token === Token.String && isNameNext) {
      const name = scanner.getTokenValue();
      const names = open.at(-1);
      if (names?.has(foldName(name))) return name;
      names?.add(foldName(name));
      isNameNext = false;
    }
  }
  return undefined;
}

/** Folds case as parsers that ignore it do: both ways, because `K` (Kelvin) and `ſ` fold to ASCII letters. */
export function foldName(name: string): string {
  return name.toUpperCase().toLowerCase();
}
