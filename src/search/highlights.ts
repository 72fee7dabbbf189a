/** Where a query matched inside a prompt. */
import { lengthOf, occurrences } from './occurrences.ts';
import { type Query, type TextNode, wantedText } from './query-tree.ts';
import { type Term, terms } from './terms.ts';

/** Start (inclusive) and end (exclusive), UTF-16 offsets into the prompt. */
export type Highlight = readonly [start: number, end: number];

/** The places of everything that the query wants, in order, overlapping and touching ones joined. */
export function highlights(query: Query, prompt: string): Highlight[] {
  const leaves = wantedText(query);
  if (leaves.length === 0) return [];
  const promptTerms = terms(prompt);
  const places = leaves.flatMap((leaf) => placesOf(leaf, promptTerms));
  return joined(places.sort((a, b) => a[0] - b[0]));
}

function placesOf(leaf: TextNode, promptTerms: readonly Term[]): Highlight[] {
  return occurrences(leaf, promptTerms).flatMap((at): Highlight[] => {
    const first = promptTerms[at];
    const last = promptTerms[at + lengthOf(leaf) - 1];
    return first && last ? [[first.start, last.end]] : [];
  });
}

function joined(places: readonly Highlight[]): Highlight[] {
  const result: Highlight[] = [];
  for (const place of places) {
    const last = result.at(-1);
    if (last && place[0] <= last[1]) result[result.length - 1] = [last[0], Math.max(last[1], place[1])];
    else result.push(place);
  }
  return result;
}
