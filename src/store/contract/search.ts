/** Searching prompts: hits, facets, suggestions. */

import type { Query } from '../../search/ast.ts';
import type { Cursor } from '../../search/cursor.ts';
import type { TimeUnit } from '../../search/dates.ts';
import type { TaskLimits } from '../../task/limits.ts';
import type { MaybePromise } from './maybe-promise.ts';
import type { StoredTask, TaskFilter } from './tasks.ts';

export type SortOrder = 'newest' | 'oldest' | 'relevance';

export interface SearchRequest {
  readonly query: Query;
  readonly filter: TaskFilter;
  readonly sort: SortOrder;
  readonly limit: number;
  /** The `next` of the page before. */
  readonly after?: Cursor;
  /** Folds tasks of the same prompt into the newest of them. */
  readonly groupByPrompt?: boolean;
  /** For relevance, which prefers recent tasks. */
  readonly nowMs: number;
}

export interface Hit {
  readonly task: StoredTask;
  /** All matches with the same prompt, where that was asked for. */
  readonly group?: PromptGroup;
}

export interface PromptGroup {
  readonly count: number;
  /** Newest first, GROUP_LIMIT at most; the hit's own task is the first. */
  readonly tasks: readonly Pick<StoredTask, 'id' | 'state' | 'createdAtMs'>[];
}

/** So many tasks of a group are named. */
export const GROUP_LIMIT = 100;

export interface SearchPage {
  readonly hits: readonly Hit[];
  /** Where the next page goes on; undefined on the last page. */
  readonly next: Cursor | undefined;
  /** Of hits, exact up to COUNT_LIMIT, else COUNT_LIMIT as a lower bound. */
  readonly total: number;
  readonly totalIsExact: boolean;
  /** By relevance: whether all matches were ranked, or the newest RANKING_LIMIT. */
  readonly ranked: 'all' | 'newest' | undefined;
  /** Set while the index is being made anew: tasks created before are not found yet. */
  readonly indexedFromMs: number | undefined;
}

/** So many matches are ranked by relevance. */
export const RANKING_LIMIT = 1000;

export interface FacetRequest {
  readonly query: Query;
  readonly filter: TaskFilter;
  /** The bars of the histogram. */
  readonly by: TimeUnit;
  /** IANA name; the calendar of the bars. */
  readonly timeZone: string;
}

export interface FacetCount {
  /** Null counts the tasks that have none. */
  readonly value: string | null;
  readonly count: number;
}

/** Counts of all matches, each list by falling count. */
export interface Facets {
  readonly total: number;
  readonly models: readonly FacetCount[];
  readonly sizes: readonly FacetCount[];
  readonly actions: readonly FacetCount[];
  readonly states: readonly FacetCount[];
  /** Rising in time; periods without tasks are left out. */
  readonly histogram: readonly { readonly fromMs: number; readonly count: number }[];
}

export interface WordUse {
  readonly word: string;
  /** In how many prompts it stands. */
  readonly uses: number;
}

/** Suggestions within limits are made of so many prompts. */
export const SUGGESTING_PROMPTS = 1000;

/** A total is counted up to here. */
export const COUNT_LIMIT = 1000;

/** Searching the prompts. */
export interface SearchStore {
  search(request: SearchRequest): MaybePromise<SearchPage>;
  facets(request: FacetRequest): MaybePromise<Facets>;
  /**
   * The most used words that begin with these folded letters. Within limits, those of the visible prompts, of which the
   * newest are looked at (SUGGESTING_PROMPTS).
   */
  suggest(prefix: string, limit: number, within?: TaskLimits): MaybePromise<WordUse[]>;
  /** Makes a part of the search index anew, after its preparation has changed. Undefined once it is whole. */
  reindexSome(): MaybePromise<{ readonly tasksLeft: number } | undefined>;
}
