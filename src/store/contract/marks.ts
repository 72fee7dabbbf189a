/** What people say of tasks: star, rating, tags, note, hidden. One set per mirror. */
import type { TaskId } from '../../task/id.ts';
import type { TaskLimits } from '../../task/limits.ts';
import type { MarkChange, Marks } from '../../task/marks.ts';
import type { MaybePromise } from './maybe-promise.ts';

/** The marks of one task. */
export interface TaskMarks extends Marks {
  readonly id: TaskId;
  /** Increases with each change, and is not used again after the task was forgotten; 0: it was never marked. */
  readonly version: number;
  /** Epoch milliseconds; 0: never. */
  readonly changedAtMs: number;
}

export interface MarkRequest {
  readonly id: TaskId;
  readonly change: MarkChange;
  /** The versions that the caller knows of: another one is not changed. Absent: whatever it is. */
  readonly ifVersion?: readonly number[];
}

export interface MarkOptions {
  readonly nowMs: number;
  /** Tasks of others are unknown. */
  readonly within?: TaskLimits | undefined;
}

export type MarkOutcome =
  | { readonly kind: 'changed'; readonly before: TaskMarks; readonly marks: TaskMarks }
  | { readonly kind: 'same' | 'conflict'; readonly marks: TaskMarks }
  /** The task is not stored, or not visible. */
  | { readonly kind: 'unknown'; readonly id: TaskId }
  /** It would have too many tags. */
  | { readonly kind: 'refused'; readonly id: TaskId; readonly reason: string };

/** Marks from an archive of another mirror, or of this one. */
export type ArchivedMarks = Omit<TaskMarks, 'version'>;

export interface MarksImport {
  changed: number;
  /** Those that are stored are the same, or newer. */
  kept: number;
  /** Their tasks are not stored. */
  unknown: number;
}

export interface TagCount {
  readonly tag: string;
  /** Tasks that are not hidden. */
  readonly count: number;
}

export interface TagRequest {
  /** Folded; empty: all tags. */
  readonly prefix: string;
  readonly limit: number;
  readonly within?: TaskLimits | undefined;
}

export interface MarkStore {
  /** The marks of the tasks that have or had some, in no particular order. */
  marksOf(ids: readonly TaskId[]): MaybePromise<TaskMarks[]>;
  /**
   * Marks tasks in one transaction. @returns what became of each, in the requested order
   * @throws InvalidTag before anything is changed
   */
  mark(requests: readonly MarkRequest[], options: MarkOptions): MaybePromise<MarkOutcome[]>;
  /** Stores archived marks that are newer than those that are stored, in one transaction. */
  importMarks(marks: readonly ArchivedMarks[]): MaybePromise<MarksImport>;
  /**
   * Marks of all tasks that have or had some, in the order in which they were first marked: those after a key, and the key of the
   * last. Those that were taken away are among them, as an archive must tell.
   */
  listMarks(
    after: number,
    limit: number,
  ): MaybePromise<{ readonly marks: TaskMarks[]; readonly last: number }>;
  /** The most used tags. */
  tags(request: TagRequest): MaybePromise<TagCount[]>;
}
