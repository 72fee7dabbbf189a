/** Splits a run of Chinese, Japanese, Korean or Thai, which has no spaces, into what a person may remember of it. */
import type { Term } from '../terms.ts';
import { isSmallSegment } from './small-words.ts';

/** A part of a run. */
export interface Segment {
  /** Indexes into the terms of the run, [from, to). */
  readonly from: number;
  readonly to: number;
  /** `pair`: two neighbouring characters, in case the prompt is to be segmented in another way than the query. */
  readonly kind: 'word' | 'pair' | 'inner-pair';
}

const HANGUL = /^\p{Script=Hangul}+$/u;

let segmenter: Intl.Segmenter | undefined;

/**
 * The words of a run, without particles, and the pairs of characters that are no word by themselves.
 * @param text the query
 * @param terms those of the run, with their offsets into the text
 */
export function segmentRun(text: string, terms: readonly Term[]): Segment[] {
  const [first, last] = [terms[0], terms.at(-1)];
  if (!first || !last) return [];
  if (terms.length === 1 || terms.every(({ term }) => HANGUL.test(term)))
    return [{ from: 0, to: terms.length, kind: 'word' }];
  segmenter ??= new Intl.Segmenter('zh', { granularity: 'word' });
  const isSmall = terms.map(() => false);
  const words: Segment[] = [];
  let from = 0;
  for (const { index, segment } of segmenter.segment(text.slice(first.start, last.end))) {
    const end = first.start + index + segment.length;
    let to = from;
    while (to < terms.length && (terms[to]?.end ?? 0) <= end) to += 1;
    if (to > from) {
      if (isSmallSegment(joinTerms(terms, from, to))) isSmall.fill(true, from, to);
      else words.push({ from, to, kind: 'word' });
    }
    from = to;
  }
  if (words.length === 0) return [{ from: 0, to: terms.length, kind: 'word' }];
  return [...words, ...listPairs(terms, words, isSmall)];
}

function listPairs(
  terms: readonly Term[],
  words: readonly Segment[],
  isSmall: readonly boolean[],
): Segment[] {
  const pairs: Segment[] = [];
  for (let at = 0; at + 2 <= terms.length; at += 1) {
    if (isSmall[at] || isSmall[at + 1]) continue;
    const word = words.find(({ from, to }) => from <= at && to >= at + 2);
    if (word && word.to - word.from === 2) continue;
    pairs.push({ from: at, to: at + 2, kind: word ? 'inner-pair' : 'pair' });
  }
  return pairs;
}

function joinTerms(terms: readonly Term[], from: number, to: number): string {
  return terms
    .slice(from, to)
    .map(({ term }) => term)
    .join('');
}
