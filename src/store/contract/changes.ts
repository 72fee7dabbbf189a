/** What a store tells of its changes, after they are committed. */
import type { TaskId } from '../../task/id.ts';
import type { TaskOwner } from '../../task/limits.ts';
import type { TaskState } from '../../task/state.ts';
import type { MaybePromise } from './maybe-promise.ts';

/** A task was stored, replaced or removed. */
export interface TaskChange {
  readonly kind: 'task';
  readonly id: TaskId;
  readonly state: TaskState | 'removed';
  readonly createdAtMs: number;
  /** Whose it is: it must not be told to anybody who may not see it. */
  readonly owner: TaskOwner;
}

/** An image of a task was archived, or could not be fetched. */
export interface ImageChange {
  readonly kind: 'image';
  readonly taskId: TaskId;
  readonly n: number;
  /** Undefined if it could not be fetched. */
  readonly sha256: string | undefined;
  readonly owner: TaskOwner;
}

/** What concerns the mirror as a whole: tracked ids, runs, the upstream's health. */
export interface StatusChange {
  readonly kind: 'status';
}

export type StoreChange = TaskChange | ImageChange | StatusChange;

export interface ChangeStore {
  /** Calls back after each commit of this process. The listener must not throw. @returns a function that ends it */
  onChange(listener: (change: StoreChange) => void): () => void;
  /** Differs from its last value once another process has changed something. Cheap: it is asked for every second. */
  readForeignVersion(): MaybePromise<number>;
}
