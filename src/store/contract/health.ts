/** The state of the store itself: size, damage, a disk that takes no writes. */
import type { TaskState } from '../../task/state.ts';
import type { MaybePromise } from './maybe-promise.ts';

export interface Stats {
  readonly total: number;
  readonly byState: Readonly<Record<TaskState, number>>;
  readonly oldestMs: number | undefined;
  readonly newestMs: number | undefined;
  readonly tracked: number;
  readonly due: number;
  readonly givenUp: number;
  readonly diskBytes: number;
}

/** What an audit found wrong. Empty: nothing. */
export interface AuditFinding {
  readonly id: string;
  readonly problem: string;
}

/** Whether the store is sound, and how large it is. */
export interface HealthStore {
  /** Why the disk takes no writes just now, for people; undefined when it does. Looks, and tries where a write failed. */
  readStorageProblem(): MaybePromise<string | undefined>;
  /** That the stored data is damaged, for people; undefined while nothing that was read or written showed it. */
  damage(): MaybePromise<string | undefined>;
  /** Somebody else who reads the same data ran into this. */
  noteError(error: unknown): void;
  stats(nowMs: number): MaybePromise<Stats>;
  /** Compares every document with its hash, and the search index with the documents. */
  audit(): MaybePromise<AuditFinding[]>;
}
