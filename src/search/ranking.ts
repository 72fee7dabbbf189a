/**
 * Relevance: BM25 (Robertson and Zaragoza, "The Probabilistic Relevance Framework", 2009) with a boost for prompts that
 * contain the query's words near each other, in their order, and a slight one for recent ones. Pure, and the same for every store.
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
const LENGTH_EFFECT = 1; // b
/** Of the weight of two words that are adjacent, and how much less if they are in the other order. */
const PROXIMITY_BOOST = 1;
const REVERSED_ORDER = 0.7;
/** The same for two words that stand in the order of the query, wherever they are. */
const ORDER_BOOST = 0.3;
/** Hardly more than what decides between prompts that match equally well. */
const RECENCY_BOOST = 0.05;
const RECENCY_HALF_LIFE_MS = 90 * 86_400_000;

/** BM25's idf of a leaf that `matches` of `total` prompts contain; never negative in this form. */
export function computeIdf(matches: number, total: number): number {
  return Math.log(1 + (Math.max(total - matches, 0) + 0.5) / (matches + 0.5));
}

/** BM25's score of a leaf in one prompt, without its idf. @param lengths number of terms of this prompt, and on average */
export function computeTermScore(frequency: number, length: number, averageLength: number): number {
  const norm = 1 - LENGTH_EFFECT + (LENGTH_EFFECT * length) / Math.max(averageLength, 1);
  return (frequency * (SATURATION + 1)) / (frequency + SATURATION * norm);
}

/** What a score is made of. */
export interface ScoreParts {
  /** BM25 of each leaf. */
  readonly words: readonly number[];
  /** Added because they stand near each other, or in order. */
  readonly proximity: number;
  /** By which the sum is multiplied. */
  readonly recency: number;
}

/** The score of one prompt; higher is better. @param promptTerms those of its first MAX_RANKED_CHARACTERS */
export function score(
  leaves: readonly TextNode[],
  promptTerms: readonly Term[],
  createdAtMs: number,
  basis: RankingBasis,
): number {
  const { words, proximity, recency } = computeScoreParts(leaves, promptTerms, createdAtMs, basis);
  const sum = leaves.length === 0 ? 1 : words.reduce((total, word) => total + word, proximity);
  return sum * recency;
}

export function computeScoreParts(
  leaves: readonly TextNode[],
  promptTerms: readonly Term[],
  createdAtMs: number,
  { weights, averageLength, nowMs }: RankingBasis,
): ScoreParts {
  const found = leaves.map((leaf, at) => ({
    places: findMatches(leaf, promptTerms),
    length: countTerms(leaf),
    weight: weights[at] ?? 0,
  }));
  const age = Math.max(0, nowMs - createdAtMs);
  return {
    words: found.map(
      ({ places, weight }) => weight * computeTermScore(places.length, promptTerms.length, averageLength),
    ),
    proximity: computeProximity(found),
    recency: 1 + RECENCY_BOOST * 2 ** (-age / RECENCY_HALF_LIFE_MS),
  };
}

/** Where a word or phrase of the query occurs in a prompt. */
export interface Occurrences {
  /** Indexes into the terms of the prompt, ascending. */
  readonly places: readonly number[];
  /** How many terms it has. */
  readonly length: number;
  readonly weight: number;
}

/** What stands together in the query should do so in the prompt: neighbours add to the score, the more the nearer they are. */
export function computeProximity(found: readonly Occurrences[]): number {
  let sum = 0;
  for (const [at, second] of found.entries()) {
    const first = found[at - 1];
    if (!first) continue;
    const weight = (first.weight + second.weight) / 2;
    const isInOrder = (second.places.at(-1) ?? -1) > (first.places[0] ?? Number.POSITIVE_INFINITY);
    sum += weight * (PROXIMITY_BOOST * findNearness(first, second) + (isInOrder ? ORDER_BOOST : 0));
  }
  return sum;
}

/** From 0 to 1: adjacent, and in order. */
function findNearness(first: Occurrences, second: Occurrences): number {
  let best = 0;
  let next = 0;
  for (const start of first.places) {
    const end = start + first.length;
    while ((second.places[next] ?? Number.POSITIVE_INFINITY) < end) next += 1;
    const [before, behind] = [second.places[next - 1], second.places[next]];
    if (behind !== undefined) best = Math.max(best, 1 / (1 + behind - end));
    if (before !== undefined)
      best = Math.max(best, REVERSED_ORDER / (1 + Math.max(0, start - before - second.length)));
  }
  return best;
}
