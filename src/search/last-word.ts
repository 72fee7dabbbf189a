/** The word that is being typed, for suggestions. */
import { extractTerms } from './terms.ts';

/**
 * The word at the very end of a text, folded.
 * @returns undefined when the text ends with something else: then nothing is being typed that could be completed
 */
export function findLastWord(text: string): { readonly word: string; readonly start: number } | undefined {
  if (/\S:\S*$/.test(text)) return undefined; // the value of an operator, of which words know nothing
  const last = extractTerms(text).at(-1);
  if (last?.word === undefined || last.end !== text.length) return undefined;
  return { word: last.word, start: last.start };
}
