/** Plans a search for close matches from the words of a query and the vocabulary of the history. */
import { uniqueBy } from '../../lib/unique-by.ts';
import { collectText, type QueryNode, type TextNode } from '../ast.ts';
import { MAX_QUERY_PARTS } from '../query-budget.ts';
import { computeIdf } from '../ranking.ts';
import { extractTerms, joinLetters, stem, type Term } from '../terms.ts';
import { splitWord, type WordUse } from './corrections.ts';
import { type ClosePiece, type ClosePlan, type CloseVariant, getPieceWeight, MAX_PIECES } from './plan.ts';
import { listRegionalForms } from './regional-words.ts';
import { type Segment, segmentRun } from './segments.ts';
import { findSmallWords, isGenericWord } from './small-words.ts';
import type { LoosePart } from './split-query.ts';
import { findIrregularForms } from './word-forms.ts';

/** The words of the prompts that the caller may see. */
export interface Vocabulary {
  /** Number of prompts. */
  readonly total: number;
  /** Number of prompts with a phrase, perhaps estimated; 0 exactly if there is none. */
  countPrompts(node: TextNode): number;
  /** What a folded word that no prompt has may have meant, best first (see `rankCorrections`). */
  listCorrections(word: string): readonly WordUse[];
  /** Whether a prompt has this folded word. */
  hasWord(word: string): boolean;
  /** The most used words that begin with folded letters. */
  listByPrefix(prefix: string, limit: number): readonly WordUse[];
}

const FORM_QUALITY = 0.95;
const CORRECTION_QUALITY = 0.85;
const BEGINNING_QUALITY = 0.75;
/** Of each further correction, which is a little less likely. */
const NEXT_CORRECTION = 0.97;
/** Of a mistake in a word that resembles many others. */
const SHORT_WORD_QUALITY = 0.6;
const MIN_SURE = 5;
/** Of words that say what a prompt makes, and not what it shows. */
const GENERIC_QUALITY = 0.5;
/** Of two neighbouring characters that are no word by themselves. */
export const PAIR_QUALITY = 0.35;
/** Of the pairs of a word that no prompt has as a whole. */
const UNKNOWN_PAIR_QUALITY = 0.7;
/** Words and runs of a query that are looked up. */
const MAX_LOOKED_UP = 64;
/** Words that the last one may be the beginning of. */
const MAX_BEGINNINGS = 24;
const MIN_BEGINNING = 3;
/** Shorter words are not read as two. */
const MIN_SPLIT = 5;
const MIN_HALF = 2;
const MAX_SPLITS = 2;
/** Korean words end in particles. */
const MIN_HANGUL = 3;
const HANGUL = /^\p{Script=Hangul}$/u;

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

interface WordItem {
  readonly kind: 'word';
  readonly text: string;
  readonly word: string;
}

interface RunItem {
  readonly kind: 'run';
  readonly text: string;
  readonly terms: readonly Term[];
}

interface GroupItem {
  readonly kind: 'group';
  readonly text: string;
  readonly leaves: readonly TextNode[];
  /** Folded words by their stem. */
  readonly words: ReadonlyMap<string, string>;
}

type Item = WordItem | RunItem | GroupItem;

function readItems({ node, text }: LoosePart): Item[] {
  const terms = extractTerms(text).slice(0, MAX_QUERY_PARTS); // no more of it was read
  if (node.kind !== 'phrase') return listGroups(node, text, terms);
  const items: Item[] = [];
  let run: Term[] = [];
  const endRun = () => {
    if (run.length > 0) items.push({ kind: 'run', text, terms: run });
    run = [];
  };
  for (const found of terms) {
    if (found.word === undefined) {
      run.push(found);
      continue;
    }
    endRun();
    items.push({ kind: 'word', text: text.slice(found.start, found.end), word: found.word });
  }
  endRun();
  return items;
}

/** Each part of a conjunction in parentheses is a piece of its own; alternatives are one. */
function listGroups(node: QueryNode, text: string, terms: readonly Term[]): GroupItem[] {
  if (node.kind === 'and') return node.parts.flatMap((part) => listGroups(part, text, terms));
  const words = new Map(
    terms.flatMap(({ term, word }) => (word === undefined ? [] : [[term, word] as const])),
  );
  return [{ kind: 'group', text, leaves: collectText(node), words }];
}

function getJoinable(item: Item | undefined): string | undefined {
  return item?.kind === 'word' && item.word.length >= MIN_HALF ? item.word : undefined;
}

interface Neighbours {
  readonly previous: string | undefined;
  readonly next: string | undefined;
  /** Whether the query ends with the word. */
  readonly isLast: boolean;
}

function createWordPiece(
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

function createRunPieces({ text, terms }: RunItem, vocabulary: Vocabulary): ClosePiece[] {
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

function createGroupPiece({ text, leaves, words }: GroupItem, vocabulary: Vocabulary): ClosePiece {
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

interface Candidate {
  readonly node: TextNode;
  /** How likely it is what was meant, from 0 to 1. */
  readonly quality: number;
  readonly difference?: CloseVariant['difference'];
}

function createWord(word: string): TextNode {
  return { kind: 'phrase', terms: [stem(word)] };
}

function createOther(
  word: string,
  quality: number,
  kind: NonNullable<CloseVariant['difference']>['kind'],
): Candidate {
  return { node: createWord(word), quality, difference: { kind, to: word } };
}

/** The candidates that some prompt has. They are one meaning: together they are as frequent as all of them. */
function createVariants(vocabulary: Vocabulary, candidates: readonly Candidate[]): CloseVariant[] {
  const counted = candidates
    .map((candidate) => ({ ...candidate, count: vocabulary.countPrompts(candidate.node) }))
    .filter(({ count }) => count > 0);
  const sum = counted.reduce((total, { count }) => total + count, 0);
  const idf = computeIdf(Math.min(sum, vocabulary.total), vocabulary.total);
  return counted.map(({ node, quality, difference }) => ({
    node,
    weight: idf * quality,
    ...(difference ? { difference } : {}),
  }));
}

function removeRepeatedVariants(variants: readonly CloseVariant[]): CloseVariant[] {
  return uniqueBy(variants, ({ node }) => JSON.stringify(node));
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
