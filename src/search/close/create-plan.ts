/** Plans a search for close matches from the words of a query and the vocabulary of the history. */
import { uniqueBy } from '../../lib/unique-by.ts';
import { readItems } from './items.ts';
import { type ClosePiece, type ClosePlan, getPieceWeight, MAX_PIECES } from './plan.ts';
import { createRunPieces } from './run-pieces.ts';
import { findSmallWords } from './small-words.ts';
import type { LoosePart } from './split-query.ts';
import type { Vocabulary } from './vocabulary.ts';
import { createGroupPiece, createWordPiece, getJoinable } from './word-piece.ts';

/** Words and runs of a query that are looked up. */
const MAX_LOOKED_UP = 64;

/** @param loose in the order in which it was typed: the last word may be incomplete */
export function createClosePlan(loose: readonly LoosePart[], vocabulary: Vocabulary): ClosePlan {
  const items = loose.flatMap(readItems).slice(0, MAX_LOOKED_UP);
  const words = items.flatMap((item) => (item.kind === 'word' ? [item.word] : []));
  const small = findSmallWords(words);
  const content = items.filter((item) => item.kind !== 'word' || !small.has(item.word));
  const kept = content.length > 0 ? content : items;
  const lastItem = items.at(-1);
  const pieces = kept.flatMap((item): ClosePiece[] => {
    if (item.kind === 'run') return createRunPieces(item, vocabulary);
    if (item.kind === 'group') return [createGroupPiece(item, vocabulary)];
    const at = items.indexOf(item);
    return [
      createWordPiece(item, vocabulary, {
        previous: getJoinable(items[at - 1]),
        next: getJoinable(items[at + 1]),
        isLast: item === lastItem,
      }),
    ];
  });
  return { pieces: takeHeaviest(removeRepeatedPieces(pieces)) };
}

/** A word that is typed twice counts once. */
function removeRepeatedPieces(pieces: readonly ClosePiece[]): ClosePiece[] {
  return uniqueBy(pieces, ({ text, variants }) => JSON.stringify([text, variants[0]?.node]));
}

/** The rarest pieces of a long query, in their order. */
function takeHeaviest(pieces: readonly ClosePiece[]): ClosePiece[] {
  const heaviest = new Set(
    [...pieces].sort((a, b) => getPieceWeight(b) - getPieceWeight(a)).slice(0, MAX_PIECES),
  );
  return pieces.filter((piece) => heaviest.has(piece));
}
