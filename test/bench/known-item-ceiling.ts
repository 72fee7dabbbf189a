/**
 * How well a search could do that knows which words of a question the wanted prompt has: their BM25, without those that are
 * wrong. What is out of reach for it was not said in the question.
 */
import { computeIdf, computeTermScore } from '../../src/search/ranking.ts';
import { createIndexEntry, extractTerms } from '../../src/search/terms.ts';

export interface Corpus {
  /** Whether the prompt is among the first so many. */
  isReachable(question: string, prompt: string, limit: number): boolean;
}

interface IndexedPrompt {
  /** Each term between spaces. */
  readonly terms: string;
  readonly length: number;
}

export function createCorpus(prompts: readonly string[]): Corpus {
  const indexed = prompts.map(indexPrompt);
  const numbers = new Map(prompts.map((prompt, at) => [prompt, at]));
  const listed = new Map<string, number[]>();
  for (const [at, { terms }] of indexed.entries())
    for (const term of new Set(terms.trim().split(' '))) addTo(listed, term, at);
  const averageLength = indexed.reduce((sum, { length }) => sum + length, 0) / Math.max(indexed.length, 1);

  const scoreAll = (piece: string) => {
    const rarest = piece
      .split(' ')
      .map((term) => listed.get(term) ?? [])
      .reduce((least, list) => (list.length < least.length ? list : least));
    const frequencies = rarest.flatMap((at) => {
      const frequency = countOccurrences(indexed[at]?.terms ?? '', piece);
      return frequency > 0 ? [[at, frequency] as const] : [];
    });
    const idf = computeIdf(frequencies.length, prompts.length);
    return frequencies.map(
      ([at, frequency]) =>
        [at, idf * computeTermScore(frequency, indexed[at]?.length ?? 0, averageLength)] as const,
    );
  };

  return {
    isReachable: (question, prompt, limit) => {
      const number = numbers.get(prompt);
      if (number === undefined) return false;
      const scores = new Map<number, number>();
      for (const piece of listRightPieces(question, indexed[number]?.terms ?? ''))
        for (const [at, score] of scoreAll(piece)) scores.set(at, (scores.get(at) ?? 0) + score);
      const own = scores.get(number);
      return own !== undefined && [...scores.values()].filter((score) => score > own).length < limit;
    },
  };
}

function indexPrompt(prompt: string): IndexedPrompt {
  const { terms } = createIndexEntry(prompt);
  return { terms: ` ${terms} `, length: terms.split(' ').length };
}

/** The words of a question that the prompt has; of a run of characters, the longest parts that it has. */
function listRightPieces(question: string, promptTerms: string): Set<string> {
  const terms = extractTerms(question);
  const pieces = new Set<string>();
  for (let from = 0; from < terms.length; ) {
    let to = from + 1;
    const join = (end: number) =>
      terms
        .slice(from, end)
        .map(({ term }) => term)
        .join(' ');
    const isRun = (at: number) => terms[at]?.word === undefined && terms[at]?.start === terms[at - 1]?.end;
    while (
      to < terms.length &&
      terms[from]?.word === undefined &&
      isRun(to) &&
      isIn(promptTerms, join(to + 1))
    )
      to += 1;
    if (isIn(promptTerms, join(to))) pieces.add(join(to));
    from = to;
  }
  return pieces;
}

function isIn(promptTerms: string, piece: string): boolean {
  return promptTerms.includes(` ${piece} `);
}

function countOccurrences(promptTerms: string, piece: string): number {
  let count = 0;
  for (let at = promptTerms.indexOf(` ${piece} `); at >= 0; at = promptTerms.indexOf(` ${piece} `, at + 1))
    count += 1;
  return count;
}

function addTo<Key, Value>(lists: Map<Key, Value[]>, key: Key, value: Value): void {
  const list = lists.get(key);
  if (list) list.push(value);
  else lists.set(key, [value]);
}
