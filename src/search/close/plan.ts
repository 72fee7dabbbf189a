/**
 * The plan of a search for close matches: what the words of a query may be found as, and how much each of them weighs. A cursor
 * carries it, so that every page of a search is ranked alike.
 */
import * as z from 'zod';

/** What MAX_TERM_CHARACTERS of terms.ts allows, in UTF-16. Never a quote: terms become part of an index expression. */
const term = z.string().regex(/^[^\s"\p{Cc}]{1,128}$/u);

const nodeShape = z.union([
  z.object({ kind: z.literal('phrase'), terms: z.array(term).min(1).max(64).readonly() }),
  z.object({ kind: z.literal('prefix'), terms: z.array(term).max(64).readonly(), prefix: term }),
]);

const variantShape = z.object({
  node: nodeShape,
  /** Its idf, less the doubt whether it is what was meant. */
  weight: z.number().nonnegative(),
  /** How it differs from what was typed; not set when it does not. */
  difference: z.object({ kind: z.enum(['corrected', 'word_form']), to: z.string().max(200) }).optional(),
});

const pieceShape = z.object({
  /** As typed. */
  text: z.string().max(1000),
  /** Whether it is something that the user typed, not a part of that. */
  isWhole: z.boolean(),
  /** Best first; empty if the history has nothing like it. */
  variants: z.array(variantShape).max(48),
});

/** Pieces of a query that count for close matches. */
export const MAX_PIECES = 24;

export const closePlanShape = z.object({ pieces: z.array(pieceShape).max(MAX_PIECES) });

export type ClosePlan = z.output<typeof closePlanShape>;
export type ClosePiece = ClosePlan['pieces'][number];
export type CloseVariant = ClosePiece['variants'][number];

/** The weight of a piece that is found: that of its best variant. */
export function getPieceWeight(piece: ClosePiece): number {
  return Math.max(0, ...piece.variants.map(({ weight }) => weight));
}
