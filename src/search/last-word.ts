/** Finds the word being typed, for suggestions. */
import { MAX_QUERY_CHARACTERS } from './query-budget.ts';
import { extractTerms } from './terms.ts';

/**
 * The word at the very end of a text, folded.
 * @returns undefined when the text does not end with a word, so that there is nothing to complete
 */
export function findLastWord(text: string): { readonly word: string; readonly start: number } | undefined {
  const skipped = Math.max(0, text.length - MAX_QUERY_CHARACTERS);
  const read = text.slice(skipped);
  if (/\S:\S*$/.test(read)) return undefined; // an operator's value, which the word list can't complete
  const last = extractTerms(read).at(-1);
  if (last?.word === undefined || last.end !== read.length) return undefined;
  return { word: last.word, start: skipped + last.start };
}

/** The text with its last word as a prefix, for searching while it is typed; as it is where the last word is complete, or quoted. */
export function markLastWordAsPrefix(text: string): string {
  const isQuoted = text.split('"').length % 2 === 0;
  return isQuoted || findLastWord(text) === undefined ? text : `${text}*`;
}
