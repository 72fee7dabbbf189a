/**
 * Word prefixes (`photogr*`) on an index of stems. Most are simply prefixes of the stems; the exceptions are found in the
 * word list: `runni*` must find "running", whose stem is "run", and `hope*` must not find "hoping".
 */
import { stem } from './terms.ts';

/** A stem differs from a prefix of its word in the last letter at most: `y` becomes `i`, or an `e` is appended. */
const CHANGED_LETTERS = 1;

export interface PrefixPlan {
  /** Stems to search for besides those that begin with the letters. */
  readonly stems: readonly string[];
  /** Whether the index may return prompts that don't match, so that each must be checked. */
  readonly mustCheck: boolean;
}

/** Range, [from, to), of the words with this prefix, by code point. */
export function computePrefixRange(letters: string): [from: string, to: string] {
  return [letters, `${letters}\u{10ffff}`];
}

/** The shorter prefix shared by all words whose stem could begin with the letters. Stems keep the first letter of their word. */
export function getShorterPrefix(letters: string): string {
  const [first = '', ...others] = Array.from(letters);
  return first + others.slice(0, -CHANGED_LETTERS).join('');
}

/**
 * Plans the search for a prefix.
 * @param letters folded
 * @param words all known words with the shorter prefix (see getShorterPrefix)
 */
export function planPrefixRanges(letters: string, words: Iterable<string>): PrefixPlan {
  const stems = new Set<string>();
  let hasFalseMatches = false;
  for (const word of words) {
    const isMatch = word.startsWith(letters);
    const hasMatchingStem = stem(word).startsWith(letters);
    if (isMatch && !hasMatchingStem) stems.add(stem(word));
    else if (hasMatchingStem && !isMatch) hasFalseMatches = true;
  }
  return { stems: [...stems], mustCheck: hasFalseMatches || stems.size > 0 };
}
