/** What a piece of a query may stand for, weighed by how likely that is and how rare it is in the history. */
import { uniqueBy } from '../../lib/unique-by.ts';
import type { TextNode } from '../ast.ts';
import { computeIdf } from '../ranking.ts';
import { stem } from '../terms.ts';
import type { CloseVariant } from './plan.ts';
import type { Vocabulary } from './vocabulary.ts';

/** Of another form of the same word. */
export const FORM_QUALITY = 0.95;

export interface Candidate {
  readonly node: TextNode;
  /** How likely it is what was meant, from 0 to 1. */
  readonly quality: number;
  readonly difference?: CloseVariant['difference'];
}

export function createWord(word: string): TextNode {
  return { kind: 'phrase', terms: [stem(word)] };
}

export function createOther(
  word: string,
  quality: number,
  kind: NonNullable<CloseVariant['difference']>['kind'],
): Candidate {
  return { node: createWord(word), quality, difference: { kind, to: word } };
}

/** The candidates that some prompt has. They are one meaning: together they are as frequent as all of them. */
export function createVariants(vocabulary: Vocabulary, candidates: readonly Candidate[]): CloseVariant[] {
  const counted = candidates
    .map((candidate) => ({ ...candidate, count: vocabulary.countPrompts(candidate.node) }))
    .filter(({ count }) => count > 0);
  const sum = counted.reduce((total, { count }) => total + count, 0);
  const idf = computeIdf(Math.min(sum, vocabulary.total), vocabulary.total);
  return counted.map(({ node, quality, difference }) => ({
    node,
    weight: idf * quality,
    ...(difference ? { difference } : {}),
  }));
}

export function removeRepeatedVariants(variants: readonly CloseVariant[]): CloseVariant[] {
  return uniqueBy(variants, ({ node }) => JSON.stringify(node));
}
