/**
 * What tells the near-duplicates of a prompt from other prompts: its rarer words and, where characters are terms of their own, short
 * passages of rarer characters. To count how many prompts have each word takes longer than to find the near-duplicates by a few.
 */
import type { TextNode } from '../ast.ts';
import { findSmallWords } from '../close/small-words.ts';
import type { Term } from '../terms.ts';

export interface TellingPhrase {
  readonly node: TextNode;
  /** The sizes of the lists of its terms, together. */
  readonly size: number;
}

/** Prompts that have so many characters in a row by chance are few. */
const PASSAGE_LENGTH = 5;

/**
 * Those of the smallest size first, then the longest words. No two passages overlap.
 * @param getSize how large the list of the tasks with a term is, in any unit
 */
export function listTellingPhrases(
  terms: readonly Term[],
  getSize: (term: string) => number,
): TellingPhrase[] {
  const phrases = new Map<string, TellingPhrase & { readonly length: number }>();
  for (const { found, length } of [...listWords(terms), ...listPassages(terms, getSize)]) {
    const node = { kind: 'phrase' as const, terms: found };
    phrases.set(found.join(' '), { node, size: addSizes(found, getSize), length });
  }
  return [...phrases.values()]
    .sort((a, b) => a.size - b.size || b.length - a.length)
    .map(({ node, size }) => ({ node, size }));
}

interface FoundPhrase {
  readonly found: readonly string[];
  /** Letters of the word, or characters. */
  readonly length: number;
}

/** Without small words such as "the", unless there are no others. */
function listWords(terms: readonly Term[]): FoundPhrase[] {
  const words = new Map<string, string>();
  for (const { term, word } of terms) if (word !== undefined) words.set(word, term);
  const small = findSmallWords([...words.keys()]);
  const content = [...words].filter(([word]) => !small.has(word));
  return (content.length > 0 ? content : [...words]).map(([word, term]) => ({
    found: [term],
    length: word.length,
  }));
}

function listPassages(terms: readonly Term[], getSize: (term: string) => number): FoundPhrase[] {
  return listStretches(terms).flatMap((stretch) => {
    const length = Math.min(PASSAGE_LENGTH, stretch.length);
    const starts = Array.from({ length: stretch.length - length + 1 }, (_, start) => ({
      start,
      size: addSizes(stretch.slice(start, start + length), getSize),
    }));
    const taken: number[] = [];
    for (const { start } of starts.sort((a, b) => a.size - b.size))
      if (taken.every((other) => Math.abs(other - start) >= length)) taken.push(start);
    return taken.map((start) => ({ found: stretch.slice(start, start + length), length }));
  });
}

/** Characters that are terms, without words between them: what else stands between is not in the index. */
function listStretches(terms: readonly Term[]): string[][] {
  const stretches: string[][] = [];
  let isOpen = false;
  for (const { term, word } of terms) {
    if (word === undefined && isOpen) stretches.at(-1)?.push(term);
    else if (word === undefined) stretches.push([term]);
    isOpen = word === undefined;
  }
  return stretches;
}

function addSizes(terms: readonly string[], getSize: (term: string) => number): number {
  return terms.reduce((sum, term) => sum + getSize(term), 0);
}
