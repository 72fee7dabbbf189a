/** Tells how good a prompt may be of which only is known what of a plan it has. */
import { applyCoverage } from '../../search/close/assess.ts';
import { type ClosePlan, getPieceWeight } from '../../search/close/plan.ts';

/** Pieces of a plan, each a bit: the first is 1. */
export type PieceSet = number;

/** The score of a prompt of average length that has each of these pieces once, far from each other. */
export function createSetScores({ pieces }: ClosePlan): (set: PieceSet) => number {
  const weights = pieces.map(getPieceWeight);
  const ofWeight = weights.reduce((sum, weight) => sum + weight, 0);
  const known = new Map<PieceSet, number>();
  return (set) => {
    const score = known.get(set);
    if (score !== undefined) return score;
    const found = weights.filter((_, at) => (set >> at) & 1);
    const weight = found.reduce((sum, one) => sum + one, 0);
    const result = applyCoverage(weight, { found: found.length, weight, of: pieces.length, ofWeight });
    known.set(set, result);
    return result;
  };
}
