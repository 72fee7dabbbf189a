/** Pieces of a search for close matches that are Chinese, Japanese or Korean: words of a run, and its pairs of characters. */
import { extractTerms, joinLetters, type Term } from '../terms.ts';
import type { RunItem } from './items.ts';
import type { ClosePiece } from './plan.ts';
import { listRegionalForms } from './regional-words.ts';
import { type Segment, segmentRun } from './segments.ts';
import { type Candidate, createVariants, FORM_QUALITY } from './variants.ts';
import type { Vocabulary } from './vocabulary.ts';

/** Of two neighbouring characters that are no word by themselves. */
export const PAIR_QUALITY = 0.35;
/** Of the pairs of a word that no prompt has as a whole. */
const UNKNOWN_PAIR_QUALITY = 0.7;
/** Korean words end in particles. */
const MIN_HANGUL = 3;
const HANGUL = /^\p{Script=Hangul}$/u;

export function createRunPieces({ text, terms }: RunItem, vocabulary: Vocabulary): ClosePiece[] {
  const segments = segmentRun(text, terms);
  const createPiece = ({ from, to, kind }: Segment, quality: number): ClosePiece => {
    const found = terms.slice(from, to);
    const typed: Candidate = { node: { kind: 'phrase', terms: found.map(({ term }) => term) }, quality };
    return {
      text: text.slice(found[0]?.start, found.at(-1)?.end),
      isWhole: kind === 'word',
      variants: createVariants(vocabulary, [
        typed,
        ...listHangulStems(found),
        ...(kind === 'word' ? listRegional(found) : []),
      ]),
    };
  };
  const words = segments
    .filter(({ kind }) => kind === 'word')
    .map((segment) => ({ segment, piece: createPiece(segment, 1) }));
  const pairs = segments
    .filter(({ kind }) => kind === 'pair')
    .map((pair) => {
      const isOfUnknown = words.some(
        ({ segment, piece }) =>
          piece.variants.length === 0 && segment.from <= pair.from && segment.to >= pair.to,
      );
      return createPiece(pair, isOfUnknown ? UNKNOWN_PAIR_QUALITY : PAIR_QUALITY);
    });
  return [...words.map(({ piece }) => piece), ...pairs.filter(({ variants }) => variants.length > 0)];
}

/** A Korean word without the particle at its end. */
function listHangulStems(terms: readonly Term[]): Candidate[] {
  if (terms.length < MIN_HANGUL || !terms.every(({ term }) => HANGUL.test(term))) return [];
  const stems = [terms.slice(0, -1), ...(terms.length > MIN_HANGUL ? [terms.slice(0, -2)] : [])];
  return stems.map((found, at) => {
    const syllables = found.map(({ term }) => term);
    return {
      node: { kind: 'phrase', terms: syllables },
      quality: FORM_QUALITY ** (2 * at + 1),
      difference: { kind: 'word_form', to: syllables.join('') },
    };
  });
}

/** A Chinese word as other regions say it. */
function listRegional(terms: readonly Term[]): Candidate[] {
  return listRegionalForms(joinLetters(terms)).map((form) => ({
    node: { kind: 'phrase', terms: extractTerms(form).map(({ term }) => term) },
    quality: FORM_QUALITY,
    difference: { kind: 'word_form', to: form },
  }));
}
