/** What a check of stored tasks finds. */
import type { TaskId } from '../task/id.ts';
import type { TaskState } from '../task/state.ts';
import type { Change } from './compare.ts';

/** The upstream's document says something else. */
export interface ChangedTask {
  readonly kind: 'changed';
  readonly id: TaskId;
  readonly state: TaskState;
  /** `pending` if the upstream has taken the result back. */
  readonly upstreamState: TaskState;
  /** The first MAX_CHANGES of them. */
  readonly changes: readonly Change[];
  readonly changeCount: number;
}

/** The upstream does not know the task any more. */
export interface GoneTask {
  readonly kind: 'gone';
  readonly id: TaskId;
  readonly state: TaskState;
}

export interface UncheckedTask {
  readonly kind: 'not-checked';
  readonly id: TaskId;
  readonly state: TaskState;
  readonly reason: string;
}

/** A link to a generated file that is dead, or about which its host says nothing. */
export interface LinkFinding {
  readonly kind: 'dead-link' | 'unknown-link';
  /** Of the first task checked that has this link. */
  readonly id: TaskId;
  readonly url: string;
  readonly reason: string;
  /** Whether the file is in the archive, so that nothing is lost. */
  readonly isArchived: boolean;
}

export type Finding = ChangedTask | GoneTask | UncheckedTask | LinkFinding;

export interface TaskCounts {
  /** Compared, or found to be gone: the sum of the next four. */
  checked: number;
  /** Byte for byte. */
  same: number;
  /** The same in another order or spelling, which is no difference. */
  reformatted: number;
  changed: number;
  gone: number;
  notChecked: number;
  /** Sent to the upstream, without retries. */
  requests: number;
}

export interface LinkCounts {
  checked: number;
  alive: number;
  dead: number;
  unknown: number;
  /** Dead ones whose file is not in the archive. */
  lost: number;
}
