/** Where a query matched inside a prompt. */

import { collectWantedText, type Query, type TextNode } from './ast.ts';
import { countTerms, findMatches } from './matches.ts';
import { extractTerms, type Term } from './terms.ts';

/** Start (inclusive) and end (exclusive), UTF-16 offsets into the prompt. */
export type Highlight = readonly [start: number, end: number];

/** The places of everything that the query wants, in order, overlapping and touching ones joined. */
export function findHighlights(query: Query, prompt: string): Highlight[] {
  const leaves = collectWantedText(query);
  if (leaves.length === 0) return [];
  const promptTerms = extractTerms(prompt);
  const places = leaves.flatMap((leaf) => findPlaces(leaf, promptTerms));
  return mergeHighlights(places.sort((a, b) => a[0] - b[0]));
}

function findPlaces(leaf: TextNode, promptTerms: readonly Term[]): Highlight[] {
  return findMatches(leaf, promptTerms).flatMap((at): Highlight[] => {
    const first = promptTerms[at];
    const last = promptTerms[at + countTerms(leaf) - 1];
    return first && last ? [[first.start, last.end]] : [];
  });
}

function mergeHighlights(places: readonly Highlight[]): Highlight[] {
  const result: Highlight[] = [];
  for (const place of places) {
    const last = result.at(-1);
    if (last && place[0] <= last[1]) result[result.length - 1] = [last[0], Math.max(last[1], place[1])];
    else result.push(place);
  }
  return result;
}
