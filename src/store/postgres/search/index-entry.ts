/** What the search index has of a prompt and of the marks of its task. */
import { extractTerms, isSoloTerm, TERMS_VERSION } from '../../../search/terms.ts';
import type { Marks } from '../../../task/marks.ts';
import { listMarkTerms } from '../../rules/mark-terms.ts';
import { listSlices } from './time-slices.ts';

/** Texts in which a run of terms, or of words, is found as ` a b `. */
export interface IndexedText {
  /** ` a b c `, with a space at both ends. */
  readonly terms: string;
  /** The words before they were stemmed, at the same places. */
  readonly words: string;
}

export interface IndexEntry extends IndexedText {
  /** A tsvector without positions. */
  readonly tokens: string;
  /** The distinct words of the prompt. */
  readonly ofPrompt: ReadonlySet<string>;
  /** Those of the note. */
  readonly ofNote: ReadonlySet<string>;
}

/** Increment when the lexemes of any terms change: search rows are then made anew (see reindex.ts). */
const LEXEMES_VERSION = 1;
/** Of a search row. Both of its parts only grow. */
export const ENTRY_VERSION = TERMS_VERSION + LEXEMES_VERSION;

/** Stands for a character that is a term of its own; no word has it. */
export const NO_WORD = '·';
/** Begins the lexeme of a word before it was stemmed; no term begins so. */
export const WORD_SIGN = '=';
/** Of a word in the index, as of a term: it takes no lexeme of more than 2,046 bytes. What is longer is found by its beginning. */
export const MAX_LEXEME_CHARACTERS = 64;
/** A tsvector must be below a megabyte. */
const MAX_TOKEN_BYTES = 1_000_000;
/** Of a UTF-16 unit in UTF-8. */
const MAX_UNIT_BYTES = 3;

interface Place {
  readonly term: string;
  readonly word: string | undefined;
}

/** @param marks undefined: none */
export function createIndexEntry(prompt: string, marks: Marks | undefined, createdAtMs: number): IndexEntry {
  const ofPrompt: readonly Place[] = extractTerms(prompt);
  const ofNote: readonly Place[] = marks?.note ? extractTerms(marks.note) : [];
  const ofMarks = (marks ? listMarkTerms(marks) : []).map((term): Place => ({ term, word: undefined }));
  const places = [...ofPrompt, ...ofMarks, ...ofNote];
  return {
    ...joinPlaces(places),
    tokens: serializeLexemes([...listSlices(createdAtMs), ...listLexemes(places)]),
    ofPrompt: collectWords(ofPrompt),
    ofNote: collectWords(ofNote),
  };
}

/** The terms and words of a note alone. */
export function createNoteEntry(note: string): IndexedText & { readonly tokens: string } {
  const places = extractTerms(note);
  return { ...joinPlaces(places), tokens: serializeLexemes(listLexemes(places)) };
}

function joinPlaces(places: readonly Place[]): IndexedText {
  const join = (parts: readonly string[]) => ` ${parts.join(' ')} `;
  return {
    terms: join(places.map(({ term }) => term)),
    words: join(places.map(({ word }) => word ?? NO_WORD)),
  };
}

function listLexemes(places: readonly Place[]): string[] {
  const lexemes: string[] = [];
  const pairs: string[] = [];
  for (const [at, { term, word }] of places.entries()) {
    lexemes.push(term);
    const next = places[at + 1];
    if (word !== undefined) lexemes.push(WORD_SIGN + shorten(word));
    else if (next?.word === undefined && next && isPair(term, next.term)) pairs.push(term + next.term);
  }
  return [...lexemes, ...pairs];
}

/**
 * The lexemes that each row with a run of terms has; if there is only one, no other row has it. Characters that are terms of their own
 * are so frequent that a row which has several hardly ever has them in a run: each two of them are a lexeme, too.
 */
export function listRunLexemes(terms: readonly string[]): string[] {
  return terms.flatMap((term, at) => {
    const [before, after] = [terms[at - 1], terms[at + 1]];
    if (after !== undefined && isPair(term, after)) return [term + after];
    return before !== undefined && isPair(before, term) ? [] : [term];
  });
}

function isPair(first: string, second: string): boolean {
  return isSoloTerm(first) && isSoloTerm(second);
}

function shorten(word: string): string {
  return word.length <= MAX_LEXEME_CHARACTERS
    ? word
    : Array.from(word).slice(0, MAX_LEXEME_CHARACTERS).join('');
}

/** Each once, in their order, as many as a tsvector can hold: of a text that has more, the last words are not found. */
function serializeLexemes(lexemes: readonly string[]): string {
  const distinct = [...new Set(lexemes)];
  const all = distinct.map(quoteLexeme).join(' ');
  if (all.length * MAX_UNIT_BYTES <= MAX_TOKEN_BYTES) return all;
  let bytes = 0;
  const fitting = distinct.filter((lexeme) => {
    bytes += Buffer.byteLength(lexeme);
    return bytes <= MAX_TOKEN_BYTES;
  });
  return fitting.map(quoteLexeme).join(' ');
}

/** A lexeme in a tsvector or tsquery, whatever characters it has. */
export function quoteLexeme(lexeme: string): string {
  // Almost none has such characters, and looking for them takes a third of replacing them.
  return /['\\]/.test(lexeme) ? `'${lexeme.replaceAll('\\', '\\\\').replaceAll("'", "''")}'` : `'${lexeme}'`;
}

function collectWords(places: readonly Place[]): ReadonlySet<string> {
  return new Set(places.map(({ word }) => word).filter((word) => word !== undefined));
}
