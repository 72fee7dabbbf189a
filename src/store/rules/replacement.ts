/**
 * The rule that keeps promise 1: a finished task is never replaced, an older request never overwrites a newer one, and a
 * deleted task does not come back with a response that was in flight.
 */
import type { TaskDocument } from '../../task/document.ts';
import type { TaskState } from '../../task/state.ts';
import type { Batch, BatchResult } from '../contract/tasks.ts';

/** What to do with a received document when one is already stored. */
export type Replacement = 'replace' | 'same' | 'older' | 'regression';

/** What the decision needs to know about the stored document. */
export interface StoredVersion {
  readonly state: TaskState;
  readonly requestSeq: number;
  /** Whether its text equals the received one. */
  readonly isSameText: boolean;
}

export function decideReplacement(
  stored: StoredVersion,
  task: Pick<TaskDocument, 'state'>,
  requestSeq: number,
): Replacement {
  if (stored.isSameText && stored.state === task.state) return 'same';
  if (stored.state !== 'pending') return 'regression';
  // A finished document is final, so it is accepted however late it arrives.
  if (task.state === 'pending' && requestSeq < stored.requestSeq) return 'older';
  return 'replace';
}

/** Whether receiving the same text updates `fetchedAtMs`: only unfinished documents need their confirmation recorded. */
export function isConfirmation(stored: Omit<StoredVersion, 'isSameText'>, requestSeq: number): boolean {
  return stored.state === 'pending' && requestSeq >= stored.requestSeq;
}

/** Whether a removed task stays removed. @param removedAtSeq the newest request number at its removal */
export function isStillRemoved(
  removedAtSeq: number,
  batch: Pick<Batch, 'isUnasked' | 'requestSeq'>,
): boolean {
  return batch.isUnasked === true || removedAtSeq >= batch.requestSeq;
}

/** Adds one decision to the batch's counts. */
export function countReplacement(result: BatchResult, replacement: Replacement): void {
  if (replacement === 'replace') result.updated += 1;
  else if (replacement === 'same') result.unchanged += 1;
  else result.kept += 1;
  if (replacement === 'regression') result.regressions += 1;
}
