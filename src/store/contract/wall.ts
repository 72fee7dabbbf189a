/** The wall: all hits in the order of time, month by month, before any of them is loaded. */
import type { Query } from '../../search/ast.ts';
import type { Cursor } from '../../search/cursor.ts';
import type { TimeRange } from '../../search/dates.ts';
import type { TaskId } from '../../task/id.ts';
import type { TaskState } from '../../task/state.ts';
import type { MaybePromise } from './maybe-promise.ts';
import type { SortOrder } from './search.ts';
import type { TaskFilter } from './tasks.ts';

export interface WallRequest {
  readonly query: Query;
  readonly filter: TaskFilter;
  readonly sort: Exclude<SortOrder, 'relevance'>;
  /** Collapses tasks with the same prompt into the newest of them, whichever month it is in. */
  readonly groupByPrompt: boolean;
}

export interface LayoutRequest extends WallRequest {
  /** The calendar month. */
  readonly month: TimeRange;
  /** How many hits a cursor is for. */
  readonly sliceSize: number;
}

/** The hits of a month, in the order of a search. */
export interface WallLayout {
  readonly states: readonly TaskState[];
  /** Of the first image of each hit, else of the size that was asked for (see src/task/ratio.ts). */
  readonly ratios: Uint8Array;
  /** Where each slice starts, for a search with the same conditions: new tasks only lengthen the first slice. */
  readonly cursors: readonly Cursor[];
  /** As in SearchPage. */
  readonly indexedFromMs: number | undefined;
}

export interface PlaceRequest extends WallRequest {
  readonly id: TaskId;
  /** IANA time zone of the months. */
  readonly timeZone: string;
}

/** Where a task is on the wall. */
export interface WallPlace {
  /** Of the hit: with `groupByPrompt`, the newest task with the same prompt. */
  readonly id: TaskId;
  readonly createdAtMs: number;
  /** Among the hits of its month, from 0. */
  readonly index: number;
  /** Number of hits in its month. */
  readonly count: number;
  /** The hits before and after it, of whichever month; undefined at the ends. */
  readonly previous: TaskId | undefined;
  readonly next: TaskId | undefined;
  /** As in SearchPage. */
  readonly indexedFromMs: number | undefined;
}

export interface WallStore {
  layout(request: LayoutRequest): MaybePromise<WallLayout>;
  /** Undefined if the task is not among the matches. */
  place(request: PlaceRequest): MaybePromise<WallPlace | undefined>;
}
