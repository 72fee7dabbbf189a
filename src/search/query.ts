/**
 * What a person typed, as a tree. No input is an error: what is not an operator is text.
 * Today: words, joined by AND, and "phrases".
 */
import { terms } from './terms.ts';

/** Terms that must stand side by side, in this order. A single word is a phrase of one. */
export interface Phrase {
  readonly kind: 'phrase';
  readonly terms: readonly string[];
}

/** All parts must match. No parts: everything matches. */
export interface Query {
  readonly kind: 'and';
  readonly parts: readonly Phrase[];
}

/** A quoted piece (the closing quote may be missing), or a piece without white space. */
const PIECE = /"([^"]*)"?|[^\s"]+/g;

/** Reads a query. Pieces without a letter, digit or emoji ask for nothing and are left out. */
export function parseQuery(text: string): Query {
  const parts = Array.from(text.matchAll(PIECE), ([piece, quoted]) => phrase(quoted ?? piece));
  return { kind: 'and', parts: parts.filter((part) => part.terms.length > 0) };
}

function phrase(text: string): Phrase {
  return { kind: 'phrase', terms: terms(text).map(({ term }) => term) };
}
