/** Pieces of a search for close matches that are words, or groups of them: other forms, corrections, joined and split words. */

import { stem } from '../terms.ts';
import { splitWord } from './corrections.ts';
import type { GroupItem, Item, WordItem } from './items.ts';
import type { ClosePiece, CloseVariant } from './plan.ts';
import { isGenericWord } from './small-words.ts';
import {
  type Candidate,
  createOther,
  createVariants,
  createWord,
  FORM_QUALITY,
  removeRepeatedVariants,
} from './variants.ts';
import type { Vocabulary } from './vocabulary.ts';
import { findIrregularForms } from './word-forms.ts';

const CORRECTION_QUALITY = 0.85;
const BEGINNING_QUALITY = 0.75;
/** Of each further correction, which is a little less likely. */
const NEXT_CORRECTION = 0.97;
/** Of a mistake in a word that resembles many others. */
const SHORT_WORD_QUALITY = 0.6;
const MIN_SURE = 5;
/** Of words that say what a prompt makes, and not what it shows. */
const GENERIC_QUALITY = 0.5;
/** Words that the last one may be the beginning of. */
const MAX_BEGINNINGS = 24;
const MIN_BEGINNING = 3;
/** Shorter words are not read as two. */
const MIN_SPLIT = 5;
const MIN_HALF = 2;
const MAX_SPLITS = 2;

export interface Neighbours {
  readonly previous: string | undefined;
  readonly next: string | undefined;
  /** Whether the query ends with the word. */
  readonly isLast: boolean;
}

export function createWordPiece(
  { text, word }: WordItem,
  vocabulary: Vocabulary,
  { previous, next, isLast }: Neighbours,
): ClosePiece {
  const quality = isGenericWord(word) ? GENERIC_QUALITY : 1;
  const typed: Candidate = { node: createWord(word), quality };
  const forms = findIrregularForms(word).map((form) =>
    createOther(form, FORM_QUALITY * quality, 'word_form'),
  );
  const known = createVariants(vocabulary, [typed, ...forms]);
  const joined = [previous && previous + word, next && word + next].flatMap((both) =>
    both && vocabulary.hasWord(both) ? [createOther(both, CORRECTION_QUALITY, 'corrected')] : [],
  );
  const others = createVariants(vocabulary, [...joined, ...listSplits(word, vocabulary)]);
  const corrections = known.length > 0 ? [] : createVariants(vocabulary, listCorrections(word, vocabulary));
  const beginnings =
    isLast && word.length >= MIN_BEGINNING
      ? createVariants(
          vocabulary,
          vocabulary
            .listByPrefix(word, MAX_BEGINNINGS)
            .map((use) => createOther(use.word, BEGINNING_QUALITY, 'word_form')),
        )
      : [];
  const variants = [
    ...known,
    ...limitWeights(others, known[0], CORRECTION_QUALITY),
    ...corrections,
    ...limitWeights(beginnings, known[0], BEGINNING_QUALITY),
  ];
  return { text, isWhole: true, variants: removeRepeatedVariants(variants) };
}

/** A word that prompts have is rarely meant as something else, however rare that is. */
function limitWeights(
  variants: readonly CloseVariant[],
  known: CloseVariant | undefined,
  quality: number,
): CloseVariant[] {
  const limit = known ? known.weight * quality : Number.POSITIVE_INFINITY;
  return variants.map((variant) => ({ ...variant, weight: Math.min(variant.weight, limit) }));
}

function listCorrections(word: string, vocabulary: Vocabulary): Candidate[] {
  const quality = word.length < MIN_SURE ? SHORT_WORD_QUALITY : CORRECTION_QUALITY;
  return vocabulary
    .listCorrections(word)
    .map((use, at) => createOther(use.word, quality * NEXT_CORRECTION ** at, 'corrected'));
}

/** The word as two adjacent ones. */
function listSplits(word: string, vocabulary: Vocabulary): Candidate[] {
  if (word.length < MIN_SPLIT) return [];
  return splitWord(word, MIN_HALF)
    .filter((halves) => halves.every((half) => vocabulary.hasWord(half)))
    .sort((a, b) => Math.abs(a[0].length - a[1].length) - Math.abs(b[0].length - b[1].length))
    .slice(0, MAX_SPLITS)
    .map((halves) => ({
      node: { kind: 'phrase', terms: halves.map(stem) },
      quality: CORRECTION_QUALITY,
      difference: { kind: 'corrected', to: halves.join(' ') },
    }));
}

export function createGroupPiece({ text, leaves, words }: GroupItem, vocabulary: Vocabulary): ClosePiece {
  const variants = leaves.flatMap((leaf) => {
    const typed = createVariants(vocabulary, [{ node: leaf, quality: 1 }]);
    const [only] = leaf.terms;
    const word = leaf.kind === 'phrase' && leaf.terms.length === 1 && only ? words.get(only) : undefined;
    if (typed.length > 0 || word === undefined) return typed;
    return createWordPiece({ kind: 'word', text, word }, vocabulary, {
      previous: undefined,
      next: undefined,
      isLast: false,
    }).variants;
  });
  return { text, isWhole: true, variants: removeRepeatedVariants(variants) };
}

/** The word, if it may be a part of one that was typed with a space. */
export function getJoinable(item: Item | undefined): string | undefined {
  return item?.kind === 'word' && item.word.length >= MIN_HALF ? item.word : undefined;
}
