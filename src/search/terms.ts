/**
 * The terms of a text: what the index holds and what a query asks for. The one preparation for both.
 * A word is one term, by its English stem. In scripts that are written without spaces, and among emoji, each
 * character is a term of its own, so that any run of characters can be found as a phrase.
 */
import { stemmer } from 'stemmer';
import { fold, visitChunks } from './fold.ts';

export interface Term {
  readonly term: string;
  /** The folded letters of a word before it was stemmed; undefined for a character that is a term of its own. */
  readonly word: string | undefined;
  /** UTF-16 offsets of what it was made from. */
  readonly start: number;
  readonly end: number;
}

const SOLO =
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}\p{Script=Bopomofo}\p{Script=Yi}\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}\p{Script=Myanmar}\p{Script=Tibetan}\u30fc\p{Extended_Pictographic}\p{Regional_Indicator}]/u;
const WORD = /[\p{L}\p{N}\p{M}]/u;
const ENGLISH = /^[a-z]{3,}$/;
/** Nobody types longer words; without a cap a line of base64 would be one huge term. */
const MAX_TERM_CHARACTERS = 64;
/** Of each of the two memories below. Prompts draw on a small vocabulary. */
const MAX_REMEMBERED = 100_000;

/** The terms of a text, in order, each with the place that it was made from. */
export function extractTerms(text: string): Term[] {
  const found: Term[] = [];
  visitTerms(text, (term, start, end, word) => found.push({ term, word, start, end }));
  return found;
}

/** Raise it when the terms of any text change: the index is then made anew (see store/searching/reindex.ts). */
export const TERMS_VERSION = 1;

/** What the index stores for a text. */
export interface IndexEntry {
  /** The terms with a space between two. */
  readonly terms: string;
  /** The words, folded but not stemmed, each once. */
  readonly words: ReadonlySet<string>;
}

export function createIndexEntry(text: string): IndexEntry {
  let joined = '';
  const words = new Set<string>();
  visitTerms(text, (term, _start, _end, word) => {
    joined = joined === '' ? term : `${joined} ${term}`;
    if (word !== undefined && word.length <= MAX_TERM_CHARACTERS) words.add(word);
  });
  return { terms: joined, words };
}

function visitTerms(
  text: string,
  visit: (term: string, start: number, end: number, word: string | undefined) => void,
): void {
  let word = '';
  let wordStart = 0;
  let wordEnd = 0;
  const endWord = () => {
    if (word !== '') visit(stem(word), wordStart, wordEnd, word);
    word = '';
  };
  const extendWord = (letters: string, start: number, end: number) => {
    if (word === '') wordStart = start;
    word += letters;
    wordEnd = end;
  };
  const source = text.toWellFormed(); // a lone surrogate becomes U+FFFD, which is no letter; offsets stay
  visitChunks(source, (kind, start, end) => {
    if (kind === 'gap') return endWord();
    if (kind === 'word') return extendWord(source.slice(start, end).toLowerCase(), start, end);
    for (const piece of splitPieces(source.slice(start, end))) {
      if (piece.kind === 'word') {
        extendWord(piece.letters, start, end);
        continue;
      }
      endWord();
      if (piece.kind === 'solo') visit(piece.letters, start, end, undefined);
    }
  });
  endWord();
}

interface Piece {
  readonly kind: 'word' | 'solo' | 'gap';
  readonly letters: string;
}

const piecesOf = new Map<string, readonly Piece[]>();

/** The folded characters of a chunk, and what each is. */
function splitPieces(chunk: string): readonly Piece[] {
  const known = piecesOf.get(chunk);
  if (known !== undefined) return known;
  const result = Array.from(fold(chunk), (letters): Piece => {
    const kind = SOLO.test(letters) ? 'solo' : WORD.test(letters) ? 'word' : 'gap';
    return { kind, letters };
  });
  if (piecesOf.size >= MAX_REMEMBERED) piecesOf.clear();
  piecesOf.set(chunk, result);
  return result;
}

const stems = new Map<string, string>();

/** The term of a folded word: its English stem, or the word itself. */
export function stem(word: string): string {
  if (!ENGLISH.test(word)) return word.length <= MAX_TERM_CHARACTERS ? word : cut(word);
  if (word.length > MAX_TERM_CHARACTERS) return cut(word);
  const known = stems.get(word);
  if (known !== undefined) return known;
  const result = stemmer(word);
  if (stems.size >= MAX_REMEMBERED) stems.clear();
  stems.set(word, result);
  return result;
}

function cut(word: string): string {
  return Array.from(word).slice(0, MAX_TERM_CHARACTERS).join('');
}
