/** How similar two prompts are: the weighted Jaccard index of their features. */
import type { Features } from './features.ts';

export interface FeatureWeights {
  readonly weights: ReadonlyMap<string, number>;
  /** Of features that have no weight of their own. */
  readonly defaultWeight: number;
}

/** The weight of the features that both have, as a share of the weight of all: 0 for none, 1 for the same ones. */
export function computeSimilarity(
  one: Features,
  other: Features,
  { weights, defaultWeight }: FeatureWeights,
): number {
  let shared = 0;
  let total = 0;
  for (const feature of one) {
    const weight = weights.get(feature) ?? defaultWeight;
    total += weight;
    if (other.has(feature)) shared += weight;
  }
  for (const feature of other) if (!one.has(feature)) total += weights.get(feature) ?? defaultWeight;
  return computeShare(shared, total);
}

const DECIMALS = 4;

/** Rounded, so that prompts with the same features are equally similar, in whatever order they have them. 0 of nothing. */
export function computeShare(shared: number, total: number): number {
  return total === 0 ? 0 : Number((shared / total).toFixed(DECIMALS));
}
