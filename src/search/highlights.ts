/** Finds where a query matches inside a prompt. */

import type { TextNode } from './ast.ts';
import { countTerms, findMatches } from './matches.ts';
import { extractTerms, type Term } from './terms.ts';

/** Start (inclusive) and end (exclusive), UTF-16 offsets into the prompt. */
export type Highlight = readonly [start: number, end: number];

/** Matches of each phrase or prefix that are highlighted, the first ones. A page shows no more. */
const MAX_MATCHES = 1000;
/** Ranges of one prompt. */
const MAX_HIGHLIGHTS = 1000;

/** The ranges of the matches of phrases and prefixes, in order, with overlapping and adjacent ones merged. */
export function findHighlights(leaves: readonly TextNode[], prompt: string): Highlight[] {
  if (leaves.length === 0) return [];
  const promptTerms = extractTerms(prompt);
  const ranges = leaves.flatMap((leaf) => findRanges(leaf, promptTerms));
  return mergeHighlights(ranges.sort((a, b) => a[0] - b[0])).slice(0, MAX_HIGHLIGHTS);
}

function findRanges(leaf: TextNode, promptTerms: readonly Term[]): Highlight[] {
  return findMatches(leaf, promptTerms, MAX_MATCHES).flatMap((at): Highlight[] => {
    const first = promptTerms[at];
    const last = promptTerms[at + countTerms(leaf) - 1];
    return first && last ? [[first.start, last.end]] : [];
  });
}

function mergeHighlights(ranges: readonly Highlight[]): Highlight[] {
  const result: Highlight[] = [];
  for (const range of ranges) {
    const last = result.at(-1);
    if (last && range[0] <= last[1]) result[result.length - 1] = [last[0], Math.max(last[1], range[1])];
    else result.push(range);
  }
  return result;
}
