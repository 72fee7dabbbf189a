/** Splits a run of Chinese, Japanese, Korean or Thai, which has no spaces, into what a person may remember of it. */
import { joinLetters, type Term } from '../terms.ts';
import { isSmallSegment } from './small-words.ts';

/** A part of a run. */
export interface Segment {
  /** Indexes into the terms of the run, [from, to). */
  readonly from: number;
  readonly to: number;
  /** `pair`: two neighbouring characters, in case the prompt is to be segmented in another way than the query. */
  readonly kind: 'word' | 'pair';
}

/** Characters of a word that the segmenter does not know. */
const MIN_UNKNOWN = 3;
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
      if (isSmallSegment(joinLetters(terms.slice(from, to)))) isSmall.fill(true, from, to);
      else words.push({ from, to, kind: 'word' });
    }
    from = to;
  }
  if (words.length === 0) return [{ from: 0, to: terms.length, kind: 'word' }];
  const merged = mergeSingles(words);
  return [...merged, ...listPairs(terms, merged, isSmall)];
}

/** Three or more characters that the segmenter takes for single words are one that it does not know (赛博朋克). */
function mergeSingles(words: readonly Segment[]): Segment[] {
  const merged: Segment[] = [];
  for (let at = 0; at < words.length; at += 1) {
    let end = at;
    while (isSingle(words[end]) && words[end + 1]?.from === words[end]?.to && isSingle(words[end + 1]))
      end += 1;
    const [first, last] = [words[at], words[end]];
    if (!first || !last) break;
    if (end - at + 1 >= MIN_UNKNOWN) merged.push({ from: first.from, to: last.to, kind: 'word' });
    else merged.push(...words.slice(at, end + 1));
    at = end;
  }
  return merged;
}

function isSingle(segment: Segment | undefined): boolean {
  return segment !== undefined && segment.to - segment.from === 1;
}

function listPairs(
  terms: readonly Term[],
  words: readonly Segment[],
  isSmall: readonly boolean[],
): Segment[] {
  const pairs: Segment[] = [];
  let next = 0;
  for (let at = 0; at + 2 <= terms.length; at += 1) {
    while ((words[next]?.to ?? Number.POSITIVE_INFINITY) <= at) next += 1;
    const word = words[next];
    const isWord = word?.from === at && word.to === at + 2;
    if (!isWord && !isSmall[at] && !isSmall[at + 1]) pairs.push({ from: at, to: at + 2, kind: 'pair' });
  }
  return pairs;
}
