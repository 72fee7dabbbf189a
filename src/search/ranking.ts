/**
 * Relevance: BM25 (Robertson and Zaragoza, "The Probabilistic Relevance Framework", 2009) with a boost for prompts that
 * contain the query's words next to each other, and a smaller one for recent ones. Pure, and the same for every store.
 */

import type { TextNode } from './ast.ts';
import { countTerms, findMatches } from './matches.ts';
import type { Term } from './terms.ts';

/** Inputs of a ranking. A cursor carries them, so that every page of a search is ranked alike. */
export interface RankingBasis {
  /** One weight per leaf of the query: its idf. */
  readonly weights: readonly number[];
  /** Average number of terms per prompt. */
  readonly averageLength: number;
  /** Epoch milliseconds. */
  readonly nowMs: number;
}

/** A thousand prompts are ranked for one search, so only the beginning of a long one is read. */
export const MAX_RANKED_CHARACTERS = 10_000;

const SATURATION = 1.2; // k1
const LENGTH_EFFECT = 0.75; // b
const PHRASE_BOOST = 0.5;
const RECENCY_BOOST = 0.25;
const RECENCY_HALF_LIFE_MS = 90 * 86_400_000;

/** BM25's idf of a leaf that `matches` of `total` prompts contain; never negative in this form. */
export function computeIdf(matches: number, total: number): number {
  return Math.log(1 + (Math.max(total - matches, 0) + 0.5) / (matches + 0.5));
}

/** The score of one prompt; higher is better. @param promptTerms those of its first MAX_RANKED_CHARACTERS */
export function score(
  leaves: readonly TextNode[],
  promptTerms: readonly Term[],
  createdAtMs: number,
  { weights, averageLength, nowMs }: RankingBasis,
): number {
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
  const phrase = leaves.length > 1 && areAdjacent(leaves, places) ? PHRASE_BOOST : 0;
  const age = Math.max(0, nowMs - createdAtMs);
  return sum * (1 + phrase) * (1 + RECENCY_BOOST * 2 ** (-age / RECENCY_HALF_LIFE_MS));
}

/** Whether all leaves occur next to each other somewhere, in the order they were typed. */
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
