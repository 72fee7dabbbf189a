/** The words of the prompts, for close matches, that a caller with limits may see; and parts of words by which misspelt ones are found. */
import type { QueryNode, TextNode } from '../../search/ast.ts';
import { computeMaxDistance, rankCorrections } from '../../search/close/corrections.ts';
import type { Vocabulary } from '../../search/close/vocabulary.ts';
import type { WordUse } from '../contract/search.ts';

/** Tasks of a caller with limits that are counted: weights need no more. */
export const MAX_COUNTED = 10_000;

/**
 * Parts of a word of which one is right when a mistake is at its first letters: behind them is at most one mistake less, and an
 * exchange of two letters spoils two parts.
 */
export function listRightParts(word: string): [string, string, string] {
  const rest = Array.from(word).slice(2);
  const size = computeMaxDistance(word) === 1 ? rest.length : Math.ceil(rest.length / 3);
  const takePart = (at: number) => rest.slice(at * size, (at + 1) * size).join('') || rest.join('');
  return [takePart(0), takePart(1), takePart(2)];
}

/** What is known of the prompts that a caller with limits may see. */
export interface VisiblePrompts {
  /** Number of tasks, perhaps only the first so many. */
  readonly total: number;
  /** Tasks with a node, perhaps only the first so many. */
  count(node: QueryNode): number;
  /** Words of the newest of them, with their use. */
  listWords(): readonly WordUse[];
}

/** The vocabulary of the prompts that are visible to the caller: word lists and counts of all prompts would reveal others'. */
export function createVisibleVocabulary(visible: VisiblePrompts): Vocabulary {
  let words: readonly WordUse[] | undefined;
  const listWords = () => {
    words ??= visible.listWords();
    return words;
  };
  const countPrompts = (node: TextNode) => visible.count(node);
  return {
    total: visible.total,
    countPrompts,
    hasWord: (word) => listWords().some((known) => known.word === word),
    listByPrefix: (prefix, limit) =>
      listWords()
        .filter(({ word }) => word !== prefix && word.startsWith(prefix))
        .slice(0, limit),
    listCorrections: (word) => (computeMaxDistance(word) === 0 ? [] : rankCorrections(word, listWords())),
  };
}
