/** Where a query matched inside a prompt. */
import type { Phrase, Query } from './query.ts';
import { type Term, terms } from './terms.ts';

/** Start (inclusive) and end (exclusive), UTF-16 offsets into the prompt. */
export type Highlight = readonly [start: number, end: number];

/** The places of all phrases of the query, in order, overlapping and touching ones joined. */
export function highlights(query: Query, prompt: string): Highlight[] {
  if (query.parts.length === 0) return [];
  const promptTerms = terms(prompt);
  const places = query.parts.flatMap((phrase) => placesOf(phrase, promptTerms));
  return joined(places.sort((a, b) => a[0] - b[0]));
}

function placesOf(phrase: Phrase, promptTerms: readonly Term[]): Highlight[] {
  const length = phrase.terms.length;
  const places: Highlight[] = [];
  for (let at = 0; at + length <= promptTerms.length; at += 1) {
    const first = promptTerms[at];
    const last = promptTerms[at + length - 1];
    if (!first || !last) continue;
    if (phrase.terms.every((term, offset) => promptTerms[at + offset]?.term === term)) {
      places.push([first.start, last.end]);
    }
  }
  return places;
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
