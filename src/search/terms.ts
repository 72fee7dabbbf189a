/**
 * Extracts the terms of a text, in the same way for the index and for queries.
 * A word is one term, its English stem. In scripts that are written without spaces, and among emoji, each
 * character is a term of its own, so that any run of characters can be found as a phrase. Traditional and simplified Chinese are one.
 */
import { stemmer } from 'stemmer';
import { fold, visitChunks } from './fold.ts';
import { unifyHanVariants } from './han-variants.ts';

export interface Term {
  readonly term: string;
  /** The folded letters of a word before it was stemmed; undefined for a character that is a term of its own. */
  readonly word: string | undefined;
  /** UTF-16 offsets of its source text. */
  readonly start: number;
  readonly end: number;
}

const SOLO =
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}\p{Script=Bopomofo}\p{Script=Yi}\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}\p{Script=Myanmar}\p{Script=Tibetan}\u30fc\p{Extended_Pictographic}\p{Regional_Indicator}]/u;
const SOLO_TERM = new RegExp(`^${SOLO.source}$`, 'u');
const HAN = /\p{Script=Han}/u;
const WORD = /[\p{L}\p{N}\p{M}]/u;
/** Marks that nobody sees, such as a soft hyphen: they are no part of a word, and don't end it. */
const INVISIBLE = /\p{Default_Ignorable_Code_Point}/u;
const ENGLISH = /^[a-z]{3,}$/;
/** Nobody types longer words; without a cap a line of base64 would be one huge term. */
const MAX_TERM_CHARACTERS = 64;
/**
 * Longer texts are read up to here. A prompt of 100,000 characters is found by its last word; without a limit, one task would
 * cost as much as ten thousand. (Entries of longer prompts that an older version made are complete: they stay.)
 */
export const MAX_INDEXED_CHARACTERS = 131_072;
/** Per cache below. Prompts draw on a small vocabulary. */
const MAX_CACHED = 100_000;
/** Of a key. */
const MAX_CACHED_CHARACTERS = 32;

/** The terms of a text, in order, each with its source range. @param maxCharacters how much of it is read */
export function extractTerms(text: string, maxCharacters = MAX_INDEXED_CHARACTERS): Term[] {
  const found: Term[] = [];
  visitTerms(text.slice(0, maxCharacters), (term, start, end, word) =>
    found.push({ term, word, start, end }),
  );
  return found;
}

/** The folded letters of terms, without what stands between them. */
export function joinLetters(terms: readonly Term[]): string {
  return terms.map(({ term, word }) => word ?? term).join('');
}

/** Whether a term is a character of a script without spaces, or an emoji. */
export function isSoloTerm(term: string): boolean {
  return SOLO_TERM.test(term);
}

/** Increment when the terms of any text change: the index is then rebuilt (see store/sqlite/search/reindex.ts). */
export const TERMS_VERSION = 2;

/** What the index stores for a text. */
export interface IndexEntry {
  /** The terms, separated by spaces. */
  readonly terms: string;
  /** The distinct words, folded but not stemmed. */
  readonly words: ReadonlySet<string>;
}

export function createIndexEntry(text: string): IndexEntry {
  let joined = '';
  const words = new Set<string>();
  visitTerms(text.slice(0, MAX_INDEXED_CHARACTERS), (term, _start, _end, word) => {
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
  const source = text.toWellFormed(); // lone surrogates become U+FFFD, which is not a letter; offsets are unchanged
  visitChunks(source, (kind, start, end) => {
    if (kind === 'gap') return endWord();
    if (kind === 'word') return extendWord(source.slice(start, end).toLowerCase(), start, end);
    for (const char of splitCharacters(source.slice(start, end))) {
      if (char.kind === 'invisible') continue;
      if (char.kind === 'word') {
        extendWord(char.letters, start, end);
        continue;
      }
      endWord();
      if (char.kind === 'solo') visit(char.letters, start, end, undefined);
    }
  });
  endWord();
}

interface FoldedCharacter {
  readonly kind: 'word' | 'solo' | 'gap' | 'invisible';
  readonly letters: string;
}

const charactersOf = new Map<string, readonly FoldedCharacter[]>();

/** The folded characters of a chunk, each with its kind. */
function splitCharacters(chunk: string): readonly FoldedCharacter[] {
  const known = charactersOf.get(chunk);
  if (known !== undefined) return known;
  const result = Array.from(fold(chunk), readCharacter);
  if (chunk.length > MAX_CACHED_CHARACTERS) return result;
  if (charactersOf.size >= MAX_CACHED) charactersOf.clear();
  charactersOf.set(chunk, result);
  return result;
}

function readCharacter(letters: string): FoldedCharacter {
  if (HAN.test(letters)) return { kind: 'solo', letters: unifyHanVariants(letters) };
  if (INVISIBLE.test(letters)) return { kind: 'invisible', letters };
  if (SOLO.test(letters)) return { kind: 'solo', letters };
  return { kind: WORD.test(letters) ? 'word' : 'gap', letters };
}

const stems = new Map<string, string>();

/** The term of a folded word: its English stem, or the word itself. */
export function stem(word: string): string {
  if (!ENGLISH.test(word)) return word.length <= MAX_TERM_CHARACTERS ? word : truncate(word);
  if (word.length > MAX_TERM_CHARACTERS) return truncate(word);
  const known = stems.get(word);
  if (known !== undefined) return known;
  const result = stemmer(word);
  if (stems.size >= MAX_CACHED) stems.clear();
  stems.set(word, result);
  return result;
}

function truncate(word: string): string {
  return Array.from(word).slice(0, MAX_TERM_CHARACTERS).join('');
}
