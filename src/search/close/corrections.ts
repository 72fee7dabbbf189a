/** Chooses what a misspelt word may have meant, among the words of the history. */
import { computeEditDistance } from './edit-distance.ts';

export interface WordUse {
  readonly word: string;
  /** Number of prompts that contain it. */
  readonly uses: number;
}

/** Corrections that are searched for. */
const MAX_CORRECTIONS = 5;
/** Words of at least so many letters may have two mistakes. */
const TWO_MISTAKES_FROM = 7;
/** Shorter words resemble too many others. */
const MIN_LETTERS = 3;
const FIRST_LETTER_COST = 0.5;
/** People leave out, double and exchange letters more often than they take another letter for them. */
const OTHER_LETTER_COST = 0.25;
/** How much ten times the use makes up for, in mistakes. */
const USE_BONUS = 0.2;

/** How many mistakes a word may have. */
export function computeMaxDistance(word: string): number {
  if (word.length < MIN_LETTERS || /\d/.test(word)) return 0;
  return word.length < TWO_MISTAKES_FROM ? 1 : 2;
}

/** The best corrections, best first. */
export function rankCorrections(word: string, candidates: Iterable<WordUse>): WordUse[] {
  const max = computeMaxDistance(word);
  const found: (WordUse & { cost: number })[] = [];
  for (const candidate of candidates) {
    const distance = computeEditDistance(word, candidate.word, max);
    if (distance === 0 || distance > max) continue;
    const isFirstLetterKept = candidate.word.charCodeAt(0) === word.charCodeAt(0);
    const hasOtherLetters = !isSubset(word, candidate.word) && !isSubset(candidate.word, word);
    const cost =
      distance +
      (isFirstLetterKept ? 0 : FIRST_LETTER_COST) +
      (hasOtherLetters ? OTHER_LETTER_COST : 0) -
      USE_BONUS * Math.log10(1 + candidate.uses);
    found.push({ ...candidate, cost });
  }
  found.sort((a, b) => a.cost - b.cost || (a.word < b.word ? -1 : 1));
  return found.slice(0, MAX_CORRECTIONS).map(({ word: corrected, uses }) => ({ word: corrected, uses }));
}

/** Whether all letters of one word are in the other, so often at least. */
function isSubset(letters: string, word: string): boolean {
  const left = Array.from(word);
  return Array.from(letters).every((letter) => {
    const at = left.indexOf(letter);
    if (at >= 0) left.splice(at, 1);
    return at >= 0 || word.includes(letter); // a doubled letter is no other letter
  });
}

/** The ways to read a word as two: `oilpainting` as `oil painting`. @param minLetters of each */
export function splitWord(word: string, minLetters: number): (readonly [string, string])[] {
  const letters = Array.from(word);
  const splits: (readonly [string, string])[] = [];
  for (let at = minLetters; at <= letters.length - minLetters; at += 1)
    splits.push([letters.slice(0, at).join(''), letters.slice(at).join('')]);
  return splits;
}
