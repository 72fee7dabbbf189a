/**
 * Finds the tasks whose prompts may be near-duplicates of one, without reading prompts: by whole lists of its rarer phrases, and by
 * how long they are. Where all of them are frequent, several are asked for at once.
 */
import type { TellingPhrase } from '../../../search/edits/telling-phrases.ts';
import { computeIdf } from '../../../search/ranking.ts';
import type { TaskFilter } from '../../contract/tasks.ts';
import type { Sqlite } from '../database.ts';
import { type CandidateSearch, listSubsets, readPositions } from './close-candidates.ts';
import { readLengths } from './likely-scores.ts';

/** A phrase with more tasks is frequent. */
const MAX_RARE_ROWS = 1000;
/** Rare phrases that are enough. */
const MAX_RARE = 8;
/** Phrases that are looked up until then. */
const MAX_LOOKED_UP = 24;
/** Of passages, in pages: the lists of their characters are read whole. */
const MAX_PASSAGE_PAGES = 1000;
/** Frequent phrases that may be asked for at once. */
const MAX_FREQUENT = 5;
/** So many words do without passages, which take longer. */
const MIN_FREQUENT = 3;
/** Sets of these. */
const MAX_SETS = 10;
/** Rows that are taken of a set. */
const MAX_SET_ROWS = 2000;
/** What has a smaller share of the phrases, by weight, is no near-duplicate. */
const MIN_SHARE = 0.25;
/** Tasks whose length is looked up. */
const MAX_MEASURED = 1000;
/** Among which phrases are rare: only the proportions of their weights matter. */
const NOMINAL_TASKS = 1_000_000;

export interface NearRequest {
  /** Of the prompt, those that are likely to be the rarest first. */
  readonly phrases: readonly TellingPhrase[];
  /** Of the task with the prompt. */
  readonly position: number;
  /** Positions that are no candidates. */
  readonly without: ReadonlySet<number>;
  readonly filter: TaskFilter;
  readonly maxDisplacement: number;
  /** How many are needed. */
  readonly limit: number;
}

interface Phrase {
  readonly node: TellingPhrase['node'];
  readonly weight: number;
}

/** The phrases that tasks have, by position. */
type FoundPhrases = Map<number, Set<Phrase>>;

/** @returns the positions of tasks, those with the most similar prompts first */
export function findNearCandidates(db: Sqlite, request: NearRequest): number[] {
  const found: FoundPhrases = new Map();
  const { rare, frequent } = addRarePhrases(db, request, found);
  const total = addWeights([...rare, ...frequent]);
  addFrequentPhrases(db, request, { frequent, total }, found);
  for (const position of request.without) found.delete(position);
  const candidates = Array.from(found, ([position, phrases]) => ({
    position,
    share: addWeights(phrases) / total,
    distance: Math.abs(position - request.position),
  }));
  candidates.sort((a, b) => b.share - a.share || a.distance - b.distance);
  return sortBySimilarity(db, candidates.slice(0, MAX_MEASURED), request.position);
}

interface Candidate {
  readonly position: number;
  /** The weight of the phrases that it has, as a share of that of all. */
  readonly share: number;
  /** From the task with the prompt: of equally similar prompts, an edit is likely one of the same days. */
  readonly distance: number;
}

function addFound(found: FoundPhrases, positions: readonly number[], phrases: readonly Phrase[]): void {
  for (const position of positions) {
    const known = found.get(position) ?? new Set();
    for (const phrase of phrases) known.add(phrase);
    found.set(position, known);
  }
}

function addWeights(phrases: Iterable<Phrase>): number {
  let sum = 0;
  for (const { weight } of phrases) sum += weight;
  return sum;
}

/** @returns the rare phrases, and the rarest ones of the others */
function addRarePhrases(
  db: Sqlite,
  { phrases, without, ...request }: NearRequest,
  found: FoundPhrases,
): { rare: Phrase[]; frequent: Phrase[] } {
  const rare: Phrase[] = [];
  const frequent: { readonly node: Phrase['node']; readonly span: number }[] = [];
  let pages = 0;
  let longestSpan = 0;
  for (const { node, size } of phrases.slice(0, MAX_LOOKED_UP)) {
    if (rare.length >= MAX_RARE) break;
    if (node.terms.length > 1) pages += size;
    if (pages > MAX_PASSAGE_PAGES && rare.length > 0) break;
    const positions = findPositions(db, request, [node], MAX_RARE_ROWS + 1);
    const span = (positions[0] ?? 0) - (positions.at(-1) ?? 0);
    longestSpan = Math.max(longestSpan, span);
    if (positions.length > MAX_RARE_ROWS) {
      frequent.push({ node, span });
    } else if (positions.some((position) => !without.has(position))) {
      const phrase = { node, weight: computeIdf(positions.length, NOMINAL_TASKS) };
      rare.push(phrase);
      addFound(found, positions, [phrase]);
    }
  }
  // The more frequent a phrase, the less far back its newest tasks reach.
  const estimateTasks = (span: number) => (MAX_RARE_ROWS * longestSpan) / Math.max(span, 1);
  const words = frequent.filter(({ node }) => node.terms.length === 1);
  const cheapest = words.length >= MIN_FREQUENT ? words : frequent;
  const rarest = cheapest.sort((a, b) => b.span - a.span).slice(0, MAX_FREQUENT);
  return {
    rare,
    frequent: rarest.map(({ node, span }) => ({
      node,
      weight: computeIdf(estimateTasks(span), NOMINAL_TASKS),
    })),
  };
}

/** Sets of frequent phrases, the rarest first, as long as too little was found that has as much. */
function addFrequentPhrases(
  db: Sqlite,
  request: NearRequest,
  { frequent, total }: { frequent: readonly Phrase[]; total: number },
  found: FoundPhrases,
): void {
  const sets = listSubsets(frequent)
    .map((phrases) => ({ phrases, weight: addWeights(phrases) }))
    .filter(({ weight }) => weight >= MIN_SHARE * total)
    .sort((a, b) => b.weight - a.weight)
    .slice(0, MAX_SETS);
  for (const { phrases, weight } of sets) {
    if (countAtLeast(found, weight) >= request.limit) return;
    const nodes = phrases.map(({ node }) => node);
    addFound(found, findPositions(db, request, nodes, MAX_SET_ROWS), phrases);
  }
}

/** How many of what was found weigh at least so much. */
function countAtLeast(found: FoundPhrases, weight: number): number {
  let count = 0;
  for (const phrases of found.values()) if (addWeights(phrases) >= weight) count += 1;
  return count;
}

function findPositions(
  db: Sqlite,
  { filter, maxDisplacement }: Pick<NearRequest, 'filter' | 'maxDisplacement'>,
  nodes: readonly Phrase['node'][],
  limit: number,
): number[] {
  const search: CandidateSearch = { strict: [], filter, maxDisplacement };
  return readPositions(db, search, nodes, { limit });
}

/** By what the Jaccard index would be if prompts shared as much of all terms as of those that were looked up. */
function sortBySimilarity(db: Sqlite, candidates: readonly Candidate[], source: number): number[] {
  const lengths = readLengths(db, [source, ...candidates.map(({ position }) => position)]);
  const own = lengths.get(source) ?? 0;
  const estimate = ({ position, share }: Candidate): number => {
    const other = lengths.get(position) ?? own;
    const shared = Math.min(share * own, other);
    return shared / Math.max(own + other - shared, 1);
  };
  return candidates
    .map((candidate) => ({ ...candidate, similarity: estimate(candidate) }))
    .sort((a, b) => b.similarity - a.similarity || a.distance - b.distance)
    .map(({ position }) => position);
}
