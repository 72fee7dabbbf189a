/**
 * Finds the tasks whose prompts may be near-duplicates of one, without reading prompts: by whole lists of its rarer phrases, and by
 * how long they are. Where all of them are frequent, several are asked for at once.
 */
import type { TellingPhrase } from '../../search/edits/telling-phrases.ts';
import { computeIdf } from '../../search/ranking.ts';
import type { CandidateAnswer, CandidateQuestion } from './close-candidates.ts';
import type { Questions } from './questions.ts';
import { listSubsets } from './subsets.ts';

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
  /** Key of the task with the prompt. */
  readonly source: number;
  /** Keys of tasks that are no candidates. */
  readonly without: ReadonlySet<number>;
  /** How many are needed. */
  readonly limit: number;
  /** Where a task that was found is in the order of time: the later it was created, the larger. */
  getPlace(key: number): number;
}

type Search<Result> = Questions<CandidateQuestion, CandidateAnswer, Result>;

interface Phrase {
  readonly node: TellingPhrase['node'];
  readonly weight: number;
}

/** The phrases that tasks have, by key. */
type FoundPhrases = Map<number, Set<Phrase>>;

/** @returns the keys of tasks, those with the most similar prompts first */
export function* findNearCandidates(request: NearRequest): Search<number[]> {
  const found: FoundPhrases = new Map();
  const { rare, frequent } = yield* addRarePhrases(request, found);
  const total = addWeights([...rare, ...frequent]);
  yield* addFrequentPhrases(request.limit, { frequent, total }, found);
  for (const key of request.without) found.delete(key);
  const ownPlace = request.getPlace(request.source);
  const candidates = Array.from(found, ([key, phrases]) => ({
    key,
    share: addWeights(phrases) / total,
    distance: Math.abs(request.getPlace(key) - ownPlace),
  }));
  candidates.sort((a, b) => b.share - a.share || a.distance - b.distance);
  return yield* sortBySimilarity(candidates.slice(0, MAX_MEASURED), request.source);
}

interface Candidate {
  readonly key: number;
  /** The weight of the phrases that it has, as a share of that of all. */
  readonly share: number;
  /** From the task with the prompt: of equally similar prompts, an edit is likely one of the same days. */
  readonly distance: number;
}

function* findNewest(nodes: readonly Phrase['node'][], limit: number): Search<readonly number[]> {
  return (yield { of: 'newest', nodes, limit }) ?? [];
}

function addFound(found: FoundPhrases, keys: readonly number[], phrases: readonly Phrase[]): void {
  for (const key of keys) {
    const known = found.get(key) ?? new Set();
    for (const phrase of phrases) known.add(phrase);
    found.set(key, known);
  }
}

function addWeights(phrases: Iterable<Phrase>): number {
  let sum = 0;
  for (const { weight } of phrases) sum += weight;
  return sum;
}

/** @returns the rare phrases, and the rarest ones of the others */
function* addRarePhrases(
  { phrases, without, getPlace }: NearRequest,
  found: FoundPhrases,
): Search<{ rare: Phrase[]; frequent: Phrase[] }> {
  const rare: Phrase[] = [];
  const frequent: { readonly node: Phrase['node']; readonly span: number }[] = [];
  let pages = 0;
  let longestSpan = 0;
  for (const { node, size } of phrases.slice(0, MAX_LOOKED_UP)) {
    if (rare.length >= MAX_RARE) break;
    if (node.terms.length > 1) pages += size;
    if (pages > MAX_PASSAGE_PAGES && rare.length > 0) break;
    const keys = yield* findNewest([node], MAX_RARE_ROWS + 1);
    const span = measureSpan(keys, getPlace);
    longestSpan = Math.max(longestSpan, span);
    if (keys.length > MAX_RARE_ROWS) {
      frequent.push({ node, span });
    } else if (keys.some((key) => !without.has(key))) {
      const phrase = { node, weight: computeIdf(keys.length, NOMINAL_TASKS) };
      rare.push(phrase);
      addFound(found, keys, [phrase]);
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

/** How far apart in time the tasks are. @param keys newest first */
function measureSpan(keys: readonly number[], getPlace: NearRequest['getPlace']): number {
  const [newest] = keys;
  const oldest = keys.at(-1);
  return newest === undefined || oldest === undefined ? 0 : getPlace(newest) - getPlace(oldest);
}

/** Sets of frequent phrases, the rarest first, as long as too little was found that has as much. */
function* addFrequentPhrases(
  limit: number,
  { frequent, total }: { frequent: readonly Phrase[]; total: number },
  found: FoundPhrases,
): Search<void> {
  const sets = listSubsets(frequent)
    .map((phrases) => ({ phrases, weight: addWeights(phrases) }))
    .filter(({ weight }) => weight >= MIN_SHARE * total)
    .sort((a, b) => b.weight - a.weight)
    .slice(0, MAX_SETS);
  for (const { phrases, weight } of sets) {
    if (countAtLeast(found, weight) >= limit) return;
    const nodes = phrases.map(({ node }) => node);
    addFound(found, yield* findNewest(nodes, MAX_SET_ROWS), phrases);
  }
}

/** How many of what was found weigh at least so much. */
function countAtLeast(found: FoundPhrases, weight: number): number {
  let count = 0;
  for (const phrases of found.values()) if (addWeights(phrases) >= weight) count += 1;
  return count;
}

/** By what the Jaccard index would be if prompts shared as much of all terms as of those that were looked up. */
function* sortBySimilarity(candidates: readonly Candidate[], source: number): Search<number[]> {
  const keys = [source, ...candidates.map(({ key }) => key)];
  const [known = Number.NaN, ...lengths] = (yield { of: 'lengths', keys }) ?? [];
  const own = Number.isNaN(known) ? 0 : known;
  const estimate = (share: number, length = Number.NaN): number => {
    const other = Number.isNaN(length) ? own : length;
    const shared = Math.min(share * own, other);
    return shared / Math.max(own + other - shared, 1);
  };
  return candidates
    .map((candidate, at) => ({ ...candidate, similarity: estimate(candidate.share, lengths[at]) }))
    .sort((a, b) => b.similarity - a.similarity || a.distance - b.distance)
    .map(({ key }) => key);
}
