/** Tells how close a prompt comes to a query, and in what it differs. */
import type { TextNode } from '../ast.ts';
import { countTerms, findMatches } from '../matches.ts';
import { computeProximity, computeTermScore, type Occurrences } from '../ranking.ts';
import type { Term } from '../terms.ts';
import { type ClosePiece, type ClosePlan, type CloseVariant, getPieceWeight } from './plan.ts';

/** In what a close match differs from the query. */
export interface CloseDifference {
  /** Words of the query that the prompt does not have, as typed. */
  readonly missing: readonly string[];
  /** Words that the prompt has in another spelling. */
  readonly corrected: readonly WordChange[];
  /** Words that it has in another form. */
  readonly wordForms: readonly WordChange[];
}

export interface WordChange {
  readonly from: string;
  readonly to: string;
}

export interface CloseMatch {
  /** Higher is better; 0 if the prompt has nothing of the query. */
  readonly score: number;
  readonly difference: CloseDifference;
  /** What the prompt has of the query. */
  readonly leaves: readonly TextNode[];
}

/** Occurrences of a variant that count for its distance to others. */
const MAX_OCCURRENCES = 32;
/** The part of the score that grows with the share of the query that is found. */
const COVERAGE_EFFECT = 0.8;
/** Of that share, what is counted by pieces; the rest by their weight. A rare word should not outweigh three others. */
const COUNT_SHARE = 0.7;

interface FoundPiece extends Occurrences {
  readonly piece: ClosePiece;
  readonly variant: CloseVariant;
}

/** @param promptTerms those of its first MAX_RANKED_CHARACTERS to rank it, all of them to tell the difference */
export function assessCloseMatch(
  plan: ClosePlan,
  promptTerms: readonly Term[],
  averageLength: number,
): CloseMatch {
  const found = plan.pieces.map((piece) => findPiece(piece, promptTerms));
  const present = found.filter((one) => one !== undefined);
  const { words, proximity, coverage } = weighPieces(plan, present, { promptTerms, averageLength });
  return {
    score: words.reduce((sum, word) => sum + word, proximity) * coverage,
    difference: describeDifference(plan, found),
    leaves: present.map(({ variant }) => variant.node),
  };
}

/** What the score of a close match is made of. */
export interface CloseScoreParts {
  readonly words: readonly { readonly text: string; readonly score: number }[];
  /** Added because they stand near each other, or in order. */
  readonly proximity: number;
  /** By which the sum is multiplied, the more the more of the query is found. */
  readonly coverage: number;
}

/** The same for people who ask why a hit ranks where it does. */
export function explainCloseMatch(
  plan: ClosePlan,
  promptTerms: readonly Term[],
  averageLength: number,
): CloseScoreParts {
  const present = plan.pieces
    .map((piece) => findPiece(piece, promptTerms))
    .filter((one) => one !== undefined);
  const { words, proximity, coverage } = weighPieces(plan, present, { promptTerms, averageLength });
  const texts = present.map(({ piece, variant }) => variant.difference?.to ?? piece.text);
  return { words: words.map((score, at) => ({ text: texts[at] ?? '', score })), proximity, coverage };
}

function weighPieces(
  plan: ClosePlan,
  present: readonly FoundPiece[],
  { promptTerms, averageLength }: { promptTerms: readonly Term[]; averageLength: number },
): { words: number[]; proximity: number; coverage: number } {
  const total = plan.pieces.reduce((sum, piece) => sum + getPieceWeight(piece), 0);
  const covered = present.reduce((sum, { weight }) => sum + weight, 0);
  const share = { found: present.length, of: plan.pieces.length, weight: covered, ofWeight: total };
  return {
    words: present.map(
      ({ weight, places }) => weight * computeTermScore(places.length, promptTerms.length, averageLength),
    ),
    proximity: computeProximity(present),
    coverage: applyCoverage(1, share),
  };
}

/** How much of a query is found. */
export interface Coverage {
  /** Pieces, and their weight. */
  readonly found: number;
  readonly weight: number;
  readonly of: number;
  readonly ofWeight: number;
}

/** What is left of a score when only a part of the query is found. */
export function applyCoverage(score: number, { found, weight, of, ofWeight }: Coverage): number {
  const share = ofWeight === 0 ? 0 : (1 - COUNT_SHARE) * (weight / ofWeight) + COUNT_SHARE * (found / of);
  return score * (1 - COVERAGE_EFFECT + COVERAGE_EFFECT * share);
}

/** The variant of a piece that counts: what was typed before what it may have meant, and that in the order of likelihood. */
function findPiece(piece: ClosePiece, promptTerms: readonly Term[]): FoundPiece | undefined {
  let best: FoundPiece | undefined;
  for (const variant of piece.variants) {
    const isBetter = best === undefined || (!variant.difference && variant.weight > best.variant.weight);
    if (!isBetter) continue;
    const places = findMatches(variant.node, promptTerms, MAX_OCCURRENCES);
    if (places.length > 0)
      best = { piece, variant, places, length: countTerms(variant.node), weight: variant.weight };
  }
  return best;
}

function describeDifference(plan: ClosePlan, found: readonly (FoundPiece | undefined)[]): CloseDifference {
  const missing: string[] = [];
  const changes = { corrected: [] as WordChange[], word_form: [] as WordChange[] };
  for (const [at, piece] of plan.pieces.entries()) {
    if (!piece.isWhole) continue;
    const variant = found[at]?.variant;
    if (!variant) missing.push(piece.text);
    else if (variant.difference)
      changes[variant.difference.kind].push({ from: piece.text, to: variant.difference.to });
  }
  return { missing, corrected: changes.corrected, wordForms: changes.word_form };
}
