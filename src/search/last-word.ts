/** Finds the word being typed, for suggestions. */
import { extractTerms } from './terms.ts';

/**
 * The word at the very end of a text, folded.
 * @returns undefined when the text does not end with a word, so that there is nothing to complete
 */
export function findLastWord(text: string): { readonly word: string; readonly start: number } | undefined {
  if (/\S:\S*$/.test(text)) return undefined; // an operator's value, which the word list can't complete
  const last = extractTerms(text).at(-1);
  if (last?.word === undefined || last.end !== text.length) return undefined;
  return { word: last.word, start: last.start };
}
