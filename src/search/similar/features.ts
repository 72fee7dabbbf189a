/**
 * What two prompts are compared by: the stems of their words and, in scripts without spaces, each two neighbouring characters.
 * Unlike segmented words, pairs don't depend on what stands around them, so one changed character changes two of them.
 */
import { MAX_RANKED_CHARACTERS } from '../ranking.ts';
import { extractTerms, type Term } from '../terms.ts';

/** Each is its terms, separated by a space. */
export type Features = ReadonlySet<string>;

/** The features of the first MAX_RANKED_CHARACTERS of a prompt. */
export function extractFeatures(prompt: string): Features {
  return collectFeatures(splitRuns(extractTerms(prompt, MAX_RANKED_CHARACTERS)));
}

/** @param runs see `splitRuns` */
export function collectFeatures(runs: readonly (readonly Term[])[]): Features {
  const features = new Set<string>();
  for (const run of runs) {
    const [first] = run;
    if (first && run.length === 1) features.add(first.term);
    for (const [from, to] of listPairs(run)) features.add(`${from.term} ${to.term}`);
  }
  return features;
}

/** Words, each alone, and runs of characters that are terms of their own, with nothing between them. */
export function splitRuns(terms: readonly Term[]): Term[][] {
  const runs: Term[][] = [];
  let previous: Term | undefined;
  for (const term of terms) {
    const isContinued =
      previous?.word === undefined && term.word === undefined && previous?.end === term.start;
    if (isContinued) runs.at(-1)?.push(term);
    else runs.push([term]);
    previous = term;
  }
  return runs;
}

/** Each two neighbours of a run. */
function listPairs(run: readonly Term[]): (readonly [Term, Term])[] {
  return run.slice(1).map((term, at) => [run[at] ?? term, term]);
}
