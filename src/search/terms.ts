/**
 * The terms of a text: what the index holds and what a query asks for. The one preparation for both.
 * A word is one term, by its English stem. In scripts that are written without spaces, and among emoji, each
 * character is a term of its own, so that any run of characters can be found as a phrase.
 */
import { stemmer } from 'stemmer';
import { eachChunk, fold } from './fold.ts';

export interface Term {
  readonly term: string;
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
export function terms(text: string): Term[] {
  const found: Term[] = [];
  eachTerm(text, (term, start, end) => found.push({ term, start, end }));
  return found;
}

/** What the index stores for a text: its terms with a space between two. */
export function indexText(text: string): string {
  let index = '';
  eachTerm(text, (term) => {
    index = index === '' ? term : `${index} ${term}`;
  });
  return index;
}

function eachTerm(text: string, visit: (term: string, start: number, end: number) => void): void {
  let word = '';
  let wordStart = 0;
  let wordEnd = 0;
  const endWord = () => {
    if (word !== '') visit(wordTerm(word), wordStart, wordEnd);
    word = '';
  };
  const extendWord = (letters: string, start: number, end: number) => {
    if (word === '') wordStart = start;
    word += letters;
    wordEnd = end;
  };
  const source = text.toWellFormed(); // a lone surrogate becomes U+FFFD, which is no letter; offsets stay
  eachChunk(source, (kind, start, end) => {
    if (kind === 'gap') return endWord();
    if (kind === 'word') return extendWord(source.slice(start, end).toLowerCase(), start, end);
    for (const piece of pieces(source.slice(start, end))) {
      if (piece.kind === 'word') {
        extendWord(piece.letters, start, end);
        continue;
      }
      endWord();
      if (piece.kind === 'solo') visit(piece.letters, start, end);
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
function pieces(chunk: string): readonly Piece[] {
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

function wordTerm(word: string): string {
  if (!ENGLISH.test(word)) return word.length <= MAX_TERM_CHARACTERS ? word : cut(word);
  if (word.length > MAX_TERM_CHARACTERS) return cut(word);
  const known = stems.get(word);
  if (known !== undefined) return known;
  const stem = stemmer(word);
  if (stems.size >= MAX_REMEMBERED) stems.clear();
  stems.set(word, stem);
  return stem;
}

function cut(word: string): string {
  return Array.from(word).slice(0, MAX_TERM_CHARACTERS).join('');
}
