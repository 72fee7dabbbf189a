/** Reads a prompt to which similar ones are wanted: what its words weigh, and by which of them candidates are found. */
import type { TextNode } from '../ast.ts';
import type { ClosePlan } from '../close/plan.ts';
import { PAIR_QUALITY } from '../close/run-pieces.ts';
import { type Segment, segmentRun } from '../close/segments.ts';
import { findSmallWords } from '../close/small-words.ts';
import type { Vocabulary } from '../close/vocabulary.ts';
import { findMatches } from '../matches.ts';
import { computeIdf, MAX_RANKED_CHARACTERS } from '../ranking.ts';
import { extractTerms, type Term } from '../terms.ts';
import { collectFeatures, type Features, splitRuns } from './features.ts';
import type { FeatureWeights } from './similarity.ts';

export interface Profile extends FeatureWeights {
  readonly features: Features;
  /** Its distinct words but for small ones such as "the", the rarest first. */
  readonly words: readonly ProfileWord[];
  /** Its rarest words that other prompts have too. */
  readonly plan: ClosePlan;
}

export interface ProfileWord {
  /** As the prompt has it. */
  readonly text: string;
  readonly node: TextNode;
}

/** Features and words that are counted, the first ones: each count is a look-up in the index. */
const MAX_COUNTED = 160;
/** A longer run without spaces is no word. */
const MAX_WORD_TERMS = 64;
/** Words that candidates are found by. */
const MAX_PIECES = 16;
/** Shared words of one hit. */
const MAX_SHARED = 10;

/** @param ownTasks how many of the counted tasks have this very prompt */
export function createProfile(prompt: string, vocabulary: Vocabulary, ownTasks: number): Profile {
  const runs = splitRuns(extractTerms(prompt, MAX_RANKED_CHARACTERS));
  const features = collectFeatures(runs);
  const count = createCounter(vocabulary);
  const pieces = listItems(prompt, runs).flatMap(({ key, text, isWhole }) => {
    const tasks = count(key);
    if (tasks === undefined) return [];
    const weight = computeIdf(tasks, vocabulary.total) * (isWhole ? 1 : PAIR_QUALITY);
    return [{ text, isWhole, tasks, node: createPhrase(key), weight }];
  });
  pieces.sort((a, b) => b.weight - a.weight);
  const found = pieces.filter(({ tasks }) => tasks > ownTasks).slice(0, MAX_PIECES);
  return {
    ...weighFeatures(features, (feature) => {
      const tasks = count(feature);
      return tasks === undefined ? undefined : computeIdf(tasks, vocabulary.total);
    }),
    features,
    words: pieces.filter(({ isWhole }) => isWhole).map(({ text, node }) => ({ text, node })),
    plan: {
      pieces: found.map(({ text, isWhole, node, weight }) => ({
        text,
        isWhole,
        variants: [{ node, weight }],
      })),
    },
  };
}

/** Counts the tasks with the first different phrases; undefined for the others. */
function createCounter(vocabulary: Vocabulary): (key: string) => number | undefined {
  const counts = new Map<string, number>();
  return (key) => {
    const known = counts.get(key);
    if (known !== undefined || counts.size >= MAX_COUNTED) return known;
    const counted = vocabulary.countPrompts(createPhrase(key));
    counts.set(key, counted);
    return counted;
  };
}

/** Features that are not counted, and those of other prompts, weigh as much as the average. */
function weighFeatures(features: Features, weigh: (feature: string) => number | undefined): FeatureWeights {
  const weights = new Map<string, number>();
  for (const feature of features) {
    const weight = weigh(feature);
    if (weight !== undefined) weights.set(feature, weight);
  }
  const sum = [...weights.values()].reduce((total, weight) => total + weight, 0);
  return { weights, defaultWeight: weights.size === 0 ? 1 : sum / weights.size };
}

/** The words of a profile that a prompt has, the rarest first. */
export function findSharedWords({ words }: Pick<Profile, 'words'>, prompt: string): ProfileWord[] {
  const terms = extractTerms(prompt, MAX_RANKED_CHARACTERS);
  const shared: ProfileWord[] = [];
  for (const word of words) {
    if (shared.length >= MAX_SHARED) break;
    if (findMatches(word.node, terms, 1).length > 0) shared.push(word);
  }
  return shared;
}

/** @param key its terms, separated by a space */
function createPhrase(key: string) {
  return { kind: 'phrase' as const, terms: key.split(' ') };
}

interface Item {
  /** Its terms, separated by a space. */
  readonly key: string;
  readonly text: string;
  /** Whether it is a word, and not only two characters that stand together. */
  readonly isWhole: boolean;
}

/** The distinct words of a prompt, and pairs of characters, without small words unless it has no others. */
function listItems(prompt: string, runs: readonly (readonly Term[])[]): Item[] {
  const small = findSmallWords(runs.flatMap(([first]) => (first?.word === undefined ? [] : [first.word])));
  const isSmall = ([first]: readonly Term[]) => first?.word !== undefined && small.has(first.word);
  const content = runs.filter((run) => !isSmall(run));
  const distinct = new Map<string, Item>();
  for (const run of content.length > 0 ? content : runs) {
    for (const { from, to, kind } of segmentWithPairs(prompt, run)) {
      if (to - from > MAX_WORD_TERMS) continue;
      const found = run.slice(from, to);
      const key = found.map(({ term }) => term).join(' ');
      const isWhole = kind === 'word';
      const known = distinct.get(key);
      if (known && (known.isWhole || !isWhole)) continue;
      distinct.set(key, { key, text: prompt.slice(found[0]?.start, found.at(-1)?.end), isWhole });
    }
  }
  return [...distinct.values()];
}

/** Korean words end in particles, so those that are found whole are also found by their pairs. */
function segmentWithPairs(prompt: string, run: readonly Term[]): Segment[] {
  const segments = segmentRun(prompt, run);
  const isOneWord = segments.length === 1 && run.length > 2;
  const pairs = run.slice(1).map((_, at): Segment => ({ from: at, to: at + 2, kind: 'pair' }));
  return isOneWord ? [...segments, ...pairs] : segments;
}
