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
  /** Their exact texts in the order asked, with commas between them; UTF-8. */
  readonly text: Uint8Array;
  /** When the upstream confirmed the one that was confirmed first; undefined when there are none. */
  readonly fetchedAtMs: number | undefined;
}

/** Documents that one request brought, and what it means for the tracked ids that it was made for. */
export interface Batch {
  readonly documents: readonly TaskDocument[];
  /** From `nextRequestSeq()`, taken before the request was sent. */
  readonly requestSeq: number;
  readonly fetchedAtMs: number;
  readonly outcomes?: readonly RefreshOutcome[];
  /** Unfinished documents that are new here become tracked, first due then. Left out: they don't. */
  readonly trackPendingAtMs?: number;
  /** Nobody named these ids, they came in a list: one that was removed stays away. */
  readonly isUnasked?: true;
}

export interface BatchResult {
  inserted: number;
  /** Replaced by another text. */
  updated: number;
  /** The same text again. */
  unchanged: number;
  /** Refused, because what is stored is finished, is newer, or was deleted meanwhile. */
  kept: number;
  /** Of those: the upstream sent another text for a task that was finished. */
  regressions: number;
}

/** Values of a task that a filter can name: those of the search fields, and the service's own `type`. */
export type FilterColumn = ValueColumn | 'type';

/** Limits a search or a list. Empty or absent members limit nothing. */
export interface TaskFilter {
  /** The task has one of these values, exactly. */
  readonly values?: Readonly<Partial<Record<FilterColumn, readonly string[]>>>;
  /** Created at or after; epoch milliseconds. */
  readonly fromMs?: number;
  /** Created before; epoch milliseconds. */
  readonly toMs?: number;
  /** What the caller may see at all. */
  readonly within?: TaskLimits;
}

export interface ListPage {
  readonly tasks: readonly StoredTask[];
  /** All matches, exactly. */
  readonly count: number;
}

export interface Removal {
  /** False when nothing was stored or tracked. */
  readonly wasKnown: boolean;
  /** Images that nothing uses any more; their files are the caller's to delete. */
  readonly orphans: readonly ArchivedImage[];
}

/** Stored task documents. */
export interface TaskStore {
  /** One stored document. The hot path. */
  get(id: TaskId): MaybePromise<StoredTask | undefined>;
  /** Stored documents in the order asked, each once; unknown ids are left out. */
  getMany(ids: readonly TaskId[]): MaybePromise<StoredTask[]>;
  /** The finished ones of the ids, as one text: the hot path of batches. An id given twice counts twice. */
  concatFinished(ids: readonly TaskId[]): MaybePromise<ConcatenatedTasks>;
  /** Stores what one request brought, in one transaction. A finished task is never replaced. */
  storeDocuments(batch: Batch): MaybePromise<BatchResult>;
  /**
   * Remembers a task of which only the request is known (see `requestedTask`), and tracks it. It is found by a search at
   * once, but it is no document: everything else leaves it out until the upstream's own text takes its place. No effect on
   * a task that is stored or was removed.
   */
  addPlaceholder(task: TaskDocument, times: { nowMs: number; dueAtMs: number }): MaybePromise<void>;
  /** Removes a document, its search row, its tracking, and the archived images that no other task has. */
  remove(id: TaskId): MaybePromise<Removal>;
  /** The history list: newest first. */
  list(filter: TaskFilter, page: { limit: number; offset: number }): MaybePromise<ListPage>;
  /** Every document text, oldest first, a page at a time. */
  stream(): AsyncIterable<readonly StoredTask[]>;
  /** The user and application ids of the stored documents, some of them where there are many. */
  accounts(): MaybePromise<{ userIds: string[]; applicationIds: string[] }>;
  /** A number for the next upstream request, from one counter for all processes on the mirror; rises across restarts. */
  nextRequestSeq(): MaybePromise<number>;
}
