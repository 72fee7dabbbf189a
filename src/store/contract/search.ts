/** Searching prompts: hits, facets, suggestions. */

import type { Query, TextNode } from '../../search/ast.ts';
import type { CloseDifference } from '../../search/close/assess.ts';
import type { WordUse } from '../../search/close/corrections.ts';
import type { MatchMode } from '../../search/close/match-mode.ts';
import type { ClosePlan } from '../../search/close/plan.ts';
import type { Cursor } from '../../search/cursor.ts';
import type { TimeUnit } from '../../search/dates.ts';
import type { RankingBasis } from '../../search/ranking.ts';
import type { TaskId } from '../../task/id.ts';
import type { TaskLimits } from '../../task/limits.ts';
import type { MaybePromise } from './maybe-promise.ts';
import type { StoredTask, TaskFilter } from './tasks.ts';

export type SortOrder = 'newest' | 'oldest' | 'relevance';

export interface SearchRequest {
  readonly query: Query;
  readonly filter: TaskFilter;
  readonly sort: SortOrder;
  readonly limit: number;
  /** `next` of the previous page. */
  readonly after?: Cursor;
  /** Collapses tasks with the same prompt into the newest of them. */
  readonly groupByPrompt?: boolean;
  /** With `groupByPrompt`: also tells how each prompt was used. */
  readonly withUses?: boolean;
  /** `close`: matches that lack some words, or have them in another spelling or form, follow the exact ones. Default: `exact`. */
  readonly match?: MatchMode;
  /** The current time: relevance prefers recent tasks. */
  readonly nowMs: number;
}

export interface Hit {
  readonly task: StoredTask;
  /** All matches with the same prompt, if `groupByPrompt` was set. */
  readonly group?: PromptGroup;
  /** Set for a close match. */
  readonly close?: CloseHit;
}

export interface CloseHit {
  readonly difference: CloseDifference;
  /** What its prompt has of the query. */
  readonly leaves: readonly TextNode[];
  readonly score: number;
}

export interface PromptGroup {
  readonly count: number;
  /** Newest first, at most GROUP_LIMIT; starts with the hit's own task. */
  readonly tasks: readonly Pick<StoredTask, 'id' | 'state' | 'createdAtMs'>[];
  /** If it was asked for. */
  readonly uses?: PromptUses;
}

/** How a prompt was used by the tasks of its group. */
export interface PromptUses {
  readonly firstMs: number;
  readonly lastMs: number;
  /** The most used ones first. */
  readonly models: readonly FacetCount[];
  /** The best rated task; of several the newest. Undefined if none is rated. */
  readonly best: { readonly id: TaskId; readonly rating: number } | undefined;
}

/** Maximum number of tasks listed in a group. */
export const GROUP_LIMIT = 100;

/** Documents of one page, together; a page of larger ones has fewer hits than asked for, at least one. */
export const MAX_PAGE_CHARACTERS = 4 * 1024 * 1024;

export interface SearchPage {
  readonly hits: readonly Hit[];
  /** Where the next page starts; undefined on the last page. */
  readonly next: Cursor | undefined;
  /** Number of hits: exact up to COUNT_LIMIT, else COUNT_LIMIT as a lower bound. */
  readonly total: number;
  readonly totalIsExact: boolean;
  /** When sorted by relevance: whether all matches were ranked, or only the newest RANKING_LIMIT. */
  readonly ranked: 'all' | 'newest' | undefined;
  /** How the exact matches were ranked, when sorted by relevance. */
  readonly ranking?: RankingBasis;
  /** How the close ones were; undefined when the page does not reach them. */
  readonly closeRanking?: CloseRanking;
  /** Set while the index is being rebuilt: tasks created earlier are not found yet. */
  readonly indexedFromMs: number | undefined;
}

export interface CloseRanking {
  /** How many close matches were weighed, at most CLOSE_LIMIT. */
  readonly total: number;
  readonly plan: ClosePlan;
  /** Average number of terms of their prompts. */
  readonly averageLength: number;
}

/** Maximum number of matches ranked by relevance. */
export const RANKING_LIMIT = 1000;

/** Maximum number of close matches that are weighed. */
export const CLOSE_LIMIT = 200;

export interface SimilarRequest {
  /** The task to which similar ones are wanted. */
  readonly id: TaskId;
  /** What they must match; without words. */
  readonly query: Query;
  readonly filter: TaskFilter;
  readonly limit: number;
  /** Collapses tasks with the same prompt into the newest of them. */
  readonly groupByPrompt: boolean;
}

export interface SimilarHit extends Pick<Hit, 'task' | 'group'> {
  /** From 0 to 1: the same prompt, or one with the same words. */
  readonly similarity: number;
  /** Words that both prompts have, the rarest first. */
  readonly shared: readonly { readonly text: string; readonly node: TextNode }[];
}

export interface SimilarTasks {
  /** Those with the very same prompt first, then by similarity, then newest first. */
  readonly hits: readonly SimilarHit[];
  /** How many other prompts were compared. */
  readonly weighed: number;
  /** Whether there are fewer hits because their documents are large (MAX_PAGE_CHARACTERS). */
  readonly isCutShort: boolean;
  /** As in SearchPage. */
  readonly indexedFromMs: number | undefined;
}

export interface SamePromptRequest {
  readonly id: TaskId;
  readonly limit: number;
  /** What the caller is allowed to see. */
  readonly within?: TaskLimits | undefined;
}

export interface MatchingRequest {
  readonly query: Query;
  readonly filter: TaskFilter;
  readonly ids: readonly TaskId[];
}

export interface SamePromptTasks {
  /** Without the task itself. */
  readonly count: number;
  /** Newest first. */
  readonly hits: readonly Hit[];
}

/** Maximum number of prompts among which the edits of one are looked for. */
export const EDIT_LIMIT = 200;

/** A prompt that may be an edit of another, or what that comes from. */
export interface NearPrompt {
  /** The newest visible task with it that is not hidden. */
  readonly task: StoredTask;
  /** By such a task; epoch milliseconds. */
  readonly firstUsedMs: number;
}

export interface NearPrompts {
  /** When the prompt itself was first used, by a visible task that is not hidden or by the task itself; epoch milliseconds. */
  readonly firstUsedMs: number;
  /** Other prompts, at most EDIT_LIMIT, those that are likely to be the most similar. */
  readonly prompts: readonly NearPrompt[];
  /** Whether there are fewer because their documents are large (MAX_PAGE_CHARACTERS). */
  readonly isCutShort: boolean;
  /** As in SearchPage. */
  readonly indexedFromMs: number | undefined;
}

/** A task that another one comes from or leads to: its picture is what the other was given to work on. */
export interface ChainLink {
  readonly task: StoredTask;
  /** The index of the picture among the results of the one, from 0. */
  readonly result: number;
  /** Its index among the input images of the other, from 0. */
  readonly input: number;
}

export interface EditChain {
  /** The tasks whose pictures this one was given, newest first for each picture. */
  readonly sources: readonly ChainLink[];
  /** The tasks that were given a picture of this one, oldest first. */
  readonly results: readonly ChainLink[];
}

/** Maximum number of tasks on one side of a chain. */
export const CHAIN_LIMIT = 50;

/** Maximum number of prompts that one is compared with. */
export const SIMILAR_LIMIT = 1000;

/** Prompts that share less are not similar. */
export const MIN_SIMILARITY = 0.05;

export interface HistogramRequest {
  readonly query: Query;
  readonly filter: TaskFilter;
  /** Width of the bars. */
  readonly by: TimeUnit;
  /** IANA time zone of the bars. */
  readonly timeZone: string;
  /** Counts each prompt once, at the time of its newest match. */
  readonly groupByPrompt?: boolean;
}

export interface HistogramBar {
  /** When the period starts. */
  readonly fromMs: number;
  readonly count: number;
}

export interface Histogram extends CountedAt {
  /** In ascending order of time; periods without tasks are omitted. */
  readonly bars: readonly HistogramBar[];
  /** As in SearchPage. */
  readonly indexedFromMs: number | undefined;
}

export const FACET_NAMES = ['model', 'size', 'action', 'state', 'tag', 'histogram'] as const;
export type FacetName = (typeof FACET_NAMES)[number];

export interface FacetRequest extends Omit<HistogramRequest, 'groupByPrompt'> {
  /** The lists that are wanted; others may be empty. Default: all. */
  readonly only?: readonly FacetName[];
}

export interface FacetCount {
  /** Null counts the tasks without a value. */
  readonly value: string | null;
  readonly count: number;
}

/** Counts of all matches, each list in descending order of count. */
export interface Facets {
  readonly total: number;
  readonly models: readonly FacetCount[];
  readonly sizes: readonly FacetCount[];
  readonly actions: readonly FacetCount[];
  readonly states: readonly FacetCount[];
  /** The most frequent ones, at most 1,000. */
  readonly tags: readonly FacetCount[];
  readonly histogram: Histogram['bars'];
}

export interface CountedAt {
  /**
   * When it was counted: before it was asked for, if nothing has changed since. What takes long to count may be out of date,
   * and is then counted again behind the answer (see `recount`).
   */
  readonly countedAtMs: number;
}

export interface CountedFacets extends Facets, CountedAt {}

export type { WordUse };

/** Maximum number of prompts read for suggestions within limits. */
export const SUGGESTING_PROMPTS = 1000;

/** Totals are exact up to here. */
export const COUNT_LIMIT = 1000;

/** Search over prompts. */
export interface SearchStore {
  search(request: SearchRequest): MaybePromise<SearchPage>;
  facets(request: FacetRequest): MaybePromise<CountedFacets>;
  /** The number of matches over time. */
  histogram(request: HistogramRequest): MaybePromise<Histogram>;
  /** Whether facets or a histogram were answered that are out of date. */
  isRecountDue(): MaybePromise<boolean>;
  /** Counts one of them again; to be called when nobody waits. */
  recount(): MaybePromise<void>;
  /** The tasks whose prompts are like that of another; undefined if there is no such task within the filter's limits. */
  findSimilar(request: SimilarRequest): MaybePromise<SimilarTasks | undefined>;
  /** The prompts most like that of a task; undefined if there is no such task within the limits. */
  findNearPrompts(id: TaskId, within?: TaskLimits): MaybePromise<NearPrompts | undefined>;
  /** What a task was made from, and what was made from it: by the hash of an archived picture, else by its link. */
  findChain(id: TaskId, within?: TaskLimits): MaybePromise<EditChain | undefined>;
  /** The other tasks with the very same prompt; undefined if there is no such task within the limits. */
  findSamePrompt(request: SamePromptRequest): MaybePromise<SamePromptTasks | undefined>;
  /** Those of some tasks that a search matches exactly, in the requested order. */
  findMatching(request: MatchingRequest): MaybePromise<TaskId[]>;
  /**
   * The most used words that start with a folded prefix. Within limits, only words of the newest visible prompts
   * (SUGGESTING_PROMPTS).
   */
  suggest(prefix: string, limit: number, within?: TaskLimits): MaybePromise<WordUse[]>;
  /** Rebuilds one batch of the search index after text preparation has changed. Undefined once it is complete. */
  reindexSome(): MaybePromise<{ readonly tasksLeft: number } | undefined>;
  /** Merges a few pages of a search index that many writes have left in many parts. @returns whether there is more to merge */
  mergeIndexSome(): MaybePromise<boolean>;
}
