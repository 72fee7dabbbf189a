/** The health of the store itself: size, damage, a disk that rejects writes. */
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

/** One inconsistency found by an audit. */
export interface AuditFinding {
  readonly id: string;
  readonly problem: string;
}

/** Integrity and size of the store. */
export interface HealthStore {
  /** Human-readable reason why writes fail now; undefined when they work. Checks the disk, and probes after a failed write. */
  readStorageProblem(): MaybePromise<string | undefined>;
  /**
   * Whether nothing can be read either, because the store is on another machine that can't be reached: by its last use, or the last
   * check of `readStorageProblem`.
   */
  isAway(): MaybePromise<boolean>;
  /** Human-readable report that stored data is damaged; undefined until a read or write has shown damage. */
  damage(): MaybePromise<string | undefined>;
  /** Records an error met by another reader of the same data. */
  noteError(error: unknown): void;
  stats(nowMs: number): MaybePromise<Stats>;
  /** Compares every document with its hash, and the search index and the stored counts with the documents. */
  audit(): MaybePromise<AuditFinding[]>;
}
