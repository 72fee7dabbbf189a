/** Tells which candidates for close matches are likely to be the best, from what the index knows of them. */
import { applyCoverage } from '../../../search/close/assess.ts';
import { type ClosePlan, getPieceWeight } from '../../../search/close/plan.ts';
import { computeTermScore } from '../../../search/ranking.ts';
import type { Sqlite } from '../database.ts';

/** Pieces of a plan, each a bit: the first is 1. */
export type PieceSet = number;

export interface Candidate {
  readonly position: number;
  /** What its prompt has. */
  readonly pieces: PieceSet;
}

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

/** Best first: of prompts that have the same, the shortest; the newest are no better than older ones. */
export function sortByLikelyScore(
  db: Sqlite,
  candidates: readonly Candidate[],
  getScore: (set: PieceSet) => number,
): Candidate[] {
  const lengths = readLengths(
    db,
    candidates.map(({ position }) => position),
  );
  const sum = [...lengths.values()].reduce((total, length) => total + length, 0);
  const averageLength = sum / Math.max(lengths.size, 1);
  return candidates
    .map((candidate) => {
      const length = lengths.get(candidate.position) ?? averageLength;
      return { candidate, score: getScore(candidate.pieces) * computeTermScore(1, length, averageLength) };
    })
    .sort((a, b) => b.score - a.score || b.candidate.position - a.candidate.position)
    .map(({ candidate }) => candidate);
}

/** The number of terms of each prompt, which FTS5 stores (https://sqlite.org/fts5.html#fts5_shadow_tables). */
export function readLengths({ raw }: Sqlite, positions: readonly number[]): Map<number, number> {
  const rows = raw
    .prepare<[string], { position: number; size: string }>(
      `SELECT sizes.id AS position, hex(sizes.sz) AS size
       FROM json_each(?) AS wanted CROSS JOIN prompt_index_docsize AS sizes ON sizes.id = wanted.value`,
    )
    .all(JSON.stringify(positions));
  return new Map(rows.map(({ position, size }) => [position, decodeVarint(size)]));
}

/** Seven bits a byte, the highest first (https://sqlite.org/fileformat2.html#varint). */
function decodeVarint(hex: string): number {
  return Buffer.from(hex, 'hex').reduce((value, byte) => value * 128 + (byte & 127), 0);
}
