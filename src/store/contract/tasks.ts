/** Task documents: stored, read, listed, removed. */
import type { ValueColumn } from '../../search/fields.ts';
import type { TaskDocument } from '../../task/document.ts';
import type { TaskId } from '../../task/id.ts';
import type { TaskLimits } from '../../task/limits.ts';
import type { TaskState } from '../../task/state.ts';
import type { ArchivedImage } from './images.ts';
import type { MaybePromise } from './maybe-promise.ts';
import type { RefreshOutcome } from './tracking.ts';

/** A stored document. Times are epoch milliseconds. */
export interface StoredTask {
  readonly id: TaskId;
  /** The upstream's exact text. */
  readonly text: string;
  readonly state: TaskState;
  readonly createdAtMs: number;
  /** When the upstream last confirmed it. */
  readonly fetchedAtMs: number;
}

/** Several stored documents as one text. */
export interface ConcatenatedTasks {
  readonly count: number;
  /** Their exact texts in the requested order, separated by commas; UTF-8. */
  readonly text: Uint8Array;
  /** The earliest `fetchedAtMs` among them; undefined when there are none. */
  readonly fetchedAtMs: number | undefined;
}

/** Documents returned by one request, and the outcomes for the tracked ids that it refreshed. */
export interface Batch {
  readonly documents: readonly TaskDocument[];
  /** From `nextRequestSeq()`, taken before the request was sent. */
  readonly requestSeq: number;
  readonly fetchedAtMs: number;
  readonly outcomes?: readonly RefreshOutcome[];
  /** When new unfinished documents are first due; absent: they are not tracked. */
  readonly trackPendingAtMs?: number;
  /**
   * Whether webhooks are told of tasks that finish by it: of `all`, or only of those that the mirror was waiting for, `awaited`,
   * which a list of old tasks may have among others. Absent: of none.
   */
  readonly announces?: 'all' | 'awaited';
  /** The ids were not requested but came in a list, so removed tasks stay removed. */
  readonly isUnasked?: true;
}

export interface BatchResult {
  inserted: number;
  /** Replaced by another text. */
  updated: number;
  /** The same text again. */
  unchanged: number;
  /** Not stored, because the stored document is finished or newer, or the task was deleted in the meantime. */
  kept: number;
  /** Of those: the upstream sent a different text for a finished task. */
  regressions: number;
}

export interface StoredBatch extends BatchResult {
  /** Documents that can't be stored, whatever is tried: the others are. Absent if there are none. */
  readonly unusable?: readonly { readonly id: TaskId; readonly error: unknown }[];
}

/** Columns that a filter can use: those of the search fields, and the service's own `type`. */
export type FilterColumn = ValueColumn | 'type';

/** Restricts a search or a list. Empty or absent members have no effect. */
export interface TaskFilter {
  /** The task has exactly one of these values. */
  readonly values?: Readonly<Partial<Record<FilterColumn, readonly string[]>>>;
  /** Created at or after; epoch milliseconds. */
  readonly fromMs?: number;
  /** Created before; epoch milliseconds. */
  readonly toMs?: number;
  /** What the caller is allowed to see. */
  readonly within?: TaskLimits;
  /** Of searches: also hidden tasks, whatever the query says of them. */
  readonly includesHidden?: boolean;
}

export interface ListPage {
  readonly tasks: readonly StoredTask[];
  /** Exact number of matches. */
  readonly count: number;
}

/** A page of the history list as one text. */
export interface HistoryPage extends ConcatenatedTasks {
  /** Exact number of matches. */
  readonly total: number;
}

export interface Removal {
  /** False when nothing was stored or tracked. */
  readonly wasKnown: boolean;
  /** Images that are no longer used; the caller deletes their files. */
  readonly orphans: readonly ArchivedImage[];
}

export interface IdSearch {
  readonly limit: number;
  /** What the caller is allowed to see. */
  readonly within?: TaskLimits | undefined;
  /** Omits placeholders, and ids that are only tracked. */
  readonly onlyDocuments?: boolean;
}

/** Stored task documents. */
export interface TaskStore {
  /** One stored document. The hot path. */
  get(id: TaskId): MaybePromise<StoredTask | undefined>;
  /** Stored documents in the requested order, without duplicates; unknown ids are omitted. */
  getMany(ids: readonly TaskId[]): MaybePromise<StoredTask[]>;
  /** The first ids, in their order, that begin with a prefix: of tasks, and unless limited those that are only tracked. */
  findIds(prefix: string, search: IdSearch): MaybePromise<TaskId[]>;
  /** The finished tasks among the ids, as one text: the hot path of batches. Duplicate ids are repeated. */
  concatFinished(ids: readonly TaskId[]): MaybePromise<ConcatenatedTasks>;
  /** Stores the documents of one request in one transaction. A finished task is never replaced. */
  storeDocuments(batch: Batch): MaybePromise<StoredBatch>;
  /**
   * Adds and tracks a placeholder task, of which only the request is known (see `placeholderTask`). Search finds it at once,
   * but it is not a document: everything else omits it until the upstream's own text replaces it. No effect on a task that
   * is stored or was removed.
   */
  addPlaceholder(task: TaskDocument, times: { nowMs: number; dueAtMs: number }): MaybePromise<void>;
  /** Removes a document, its search row, its tracking, and the archived images that no other task uses. */
  remove(id: TaskId): MaybePromise<Removal>;
  /** Removes several in one transaction. @returns what became of each */
  removeMany(ids: readonly TaskId[]): MaybePromise<Removal[]>;
  /** The history list: newest first. */
  list(filter: TaskFilter, page: { limit: number; offset: number }): MaybePromise<ListPage>;
  /** The number of stored tasks, counted up to a limit: cheap however many there are. */
  countUpTo(limit: number): MaybePromise<number>;
  /** Every document text, oldest first, a page at a time. */
  stream(): AsyncIterable<readonly StoredTask[]>;
  /** The user and application ids of the stored documents, truncated when there are many. */
  accounts(): MaybePromise<{ userIds: string[]; applicationIds: string[] }>;
  /**
   * Re-reads a batch of documents stored by an older version with other rules: updates state, time, kind and seed, and tracks
   * tasks again that were considered finished too early. Undefined once all are re-read.
   */
  rereadSome(nowMs: number): MaybePromise<{ readonly tasksLeft: number } | undefined>;
  /** Draws the next upstream request number from a counter shared by all processes; increases across restarts. */
  nextRequestSeq(): MaybePromise<number>;
}
