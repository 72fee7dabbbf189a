/**
 * Relevance: BM25 (Robertson and Zaragoza, "The Probabilistic Relevance Framework", 2009) with a lift for prompts that
 * have the query's words side by side, and a smaller one for recent ones. Pure, and the same for every store.
 */

import type { TextNode } from './ast.ts';
import { countTerms, findMatches } from './matches.ts';
import { extractTerms } from './terms.ts';

/** What a ranking was made with. A cursor carries it, so that every page of a search ranks alike. */
export interface RankingBasis {
  /** One weight a leaf of the query: how rare it is. */
  readonly weights: readonly number[];
  /** Terms in a prompt on average. */
  readonly averageLength: number;
  /** Epoch milliseconds. */
  readonly nowMs: number;
}

const SATURATION = 1.2; // k1
const LENGTH_EFFECT = 0.75; // b
const PHRASE_LIFT = 0.5;
const RECENCY_LIFT = 0.25;
const RECENCY_HALF_LIFE_MS = 90 * 86_400_000;

/** How much a leaf weighs that `matches` of `total` prompts contain: BM25's idf, which is never negative here. */
export function computeIdf(matches: number, total: number): number {
  return Math.log(1 + (Math.max(total - matches, 0) + 0.5) / (matches + 0.5));
}

/** The score of one prompt; higher is better. */
export function score(
  leaves: readonly TextNode[],
  prompt: string,
  createdAtMs: number,
  { weights, averageLength, nowMs }: RankingBasis,
): number {
  const promptTerms = extractTerms(prompt);
  const norm = 1 - LENGTH_EFFECT + (LENGTH_EFFECT * promptTerms.length) / Math.max(averageLength, 1);
  const places = leaves.map((leaf) => findMatches(leaf, promptTerms));
  const sum =
    leaves.length === 0
      ? 1
      : places.reduce((total, { length: frequency }, at) => {
          return (
            total + ((weights[at] ?? 0) * frequency * (SATURATION + 1)) / (frequency + SATURATION * norm)
          );
        }, 0);
  const phrase = leaves.length > 1 && areAdjacent(leaves, places) ? PHRASE_LIFT : 0;
  const age = Math.max(0, nowMs - createdAtMs);
  return sum * (1 + phrase) * (1 + RECENCY_LIFT * 2 ** (-age / RECENCY_HALF_LIFE_MS));
}

/** Whether all leaves follow each other somewhere, in the order in which they were typed. */
function areAdjacent(leaves: readonly TextNode[], places: readonly (readonly number[])[]): boolean {
  const [first = [], ...others] = places.map((starts) => new Set(starts));
  return [...first].some((start) => {
    let next = start;
    return others.every((starts, at) => {
      next += countTerms(leaves[at] as TextNode);
      return starts.has(next);
    });
  });
}
