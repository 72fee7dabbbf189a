/**
 * Beginnings of words (`photogr*`) over an index of stems. Most are simply what the stems begin with; the exceptions are
 * found in the list of words: `runni*` must find "running", whose stem is "run", and `hope*` must not find "hoping".
 */
import { stem } from './terms.ts';

/** A stem differs from the beginning of its word in its last letter at most: `y` to `i`, or an `e` set behind. */
const CHANGED_LETTERS = 1;

export interface PrefixPlan {
  /** Stems to look for besides those that begin with the letters. */
  readonly stems: readonly string[];
  /** Whether the index may give prompts that don't match, so that each must be looked at. */
  readonly mustCheck: boolean;
}

/** Bounds, [from, to), of the words that begin with these letters, by code point. */
export function computePrefixRange(letters: string): [from: string, to: string] {
  return [letters, `${letters}\u{10ffff}`];
}

/** The shorter beginning under which every word stands whose stem could begin with the letters. */
export function getShorterPrefix(letters: string): string {
  return Array.from(letters).slice(0, -CHANGED_LETTERS).join('');
}

/**
 * How to look for a beginning.
 * @param letters folded
 * @param words all known words in the neighbourhood of the letters
 */
export function planPrefixRanges(letters: string, words: Iterable<string>): PrefixPlan {
  const stems = new Set<string>();
  let hasOthers = false;
  for (const word of words) {
    const isMeant = word.startsWith(letters);
    const isFound = stem(word).startsWith(letters);
    if (isMeant && !isFound) stems.add(stem(word));
    else if (isFound && !isMeant) hasOthers = true;
  }
  return { stems: [...stems], mustCheck: hasOthers || stems.size > 0 };
}
