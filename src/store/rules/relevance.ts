/** What ranking by relevance needs of the prompts in its window, and of the index. */
import type { TextNode } from '../../search/ast.ts';
import { hasMatch } from '../../search/matches.ts';
import { computeIdf, MAX_RANKED_CHARACTERS } from '../../search/ranking.ts';
import { extractTerms, type Term } from '../../search/terms.ts';
import { RANKING_LIMIT } from '../contract/search.ts';

/** Rows read to estimate the frequency of a common word. */
export const SAMPLE_SIZE = 20_000;
/** Prompts from which the average length is taken, the newest of the window. */
export const LENGTH_SAMPLE = 200;

/** The terms of a prompt that count for its rank. */
export function extractRankedTerms(prompt: string): Term[] {
  return extractTerms(prompt, MAX_RANKED_CHARACTERS);
}

/** @param prompts the terms of the first LENGTH_SAMPLE ones */
export function computeRankedLength(prompts: readonly { readonly length: number }[]): number {
  const sum = prompts.reduce((total, { length }) => total + Math.max(1, length), 0);
  return sum / Math.max(prompts.length, 1);
}

/** The weights of leaves for a caller with limits: global frequencies would reveal other users' prompts, also through the order of hits. */
export function computeIdfsWithin(
  leaves: readonly TextNode[],
  prompts: Iterable<readonly Term[]>,
): readonly number[] {
  const matches = leaves.map(() => 0);
  let total = 0;
  for (const terms of prompts) {
    total += 1;
    for (const [at, leaf] of leaves.entries())
      if (hasMatch(leaf, terms)) matches[at] = (matches[at] ?? 0) + 1;
  }
  return matches.map((count) => computeIdf(count, total));
}

/**
 * How many of all prompts have a leaf that at least RANKING_LIMIT have, by the density of the newest ones.
 * @param among how many prompts there are from the last of those RANKING_LIMIT on, counted up to SAMPLE_SIZE
 */
export function estimateMatches(among: number, total: number): number {
  return Math.min(total, Math.round((total * RANKING_LIMIT) / Math.max(among, RANKING_LIMIT)));
}
