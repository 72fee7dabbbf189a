/**
 * The rule that keeps promise 1: a finished task is never replaced, an older request never overwrites a newer one, and what
 * was deleted does not come back by an answer under way.
 */
import type { TaskDocument } from '../../task/document.ts';
import type { TaskState } from '../../task/state.ts';
import type { Batch, BatchResult } from '../contract/tasks.ts';

/** What becomes of a document that came, where another is stored. */
export type Replacement = 'replace' | 'same' | 'older' | 'regression';

/** What must be known of the stored document. */
export interface StoredVersion {
  readonly state: TaskState;
  readonly requestSeq: number;
  /** Whether its text is the one that came. */
  readonly isSameText: boolean;
}

export function decideReplacement(
  stored: StoredVersion,
  task: Pick<TaskDocument, 'state'>,
  requestSeq: number,
): Replacement {
  if (stored.isSameText && stored.state === task.state) return 'same';
  if (stored.state !== 'pending') return 'regression';
  // A finished document is final, so it is welcome however late it comes.
  if (task.state === 'pending' && requestSeq < stored.requestSeq) return 'older';
  return 'replace';
}

/** Whether the same text again makes the stored one younger: only an unfinished one needs to know that it was confirmed. */
export function isConfirmation(stored: Omit<StoredVersion, 'isSameText'>, requestSeq: number): boolean {
  return stored.state === 'pending' && requestSeq >= stored.requestSeq;
}

/** Whether a removed task stays away. @param removedAtSeq the newest request when it was removed */
export function isStillRemoved(
  removedAtSeq: number,
  batch: Pick<Batch, 'isUnasked' | 'requestSeq'>,
): boolean {
  return batch.isUnasked === true || removedAtSeq >= batch.requestSeq;
}

/** Counts what became of a document. */
export function countReplacement(result: BatchResult, replacement: Replacement): void {
  if (replacement === 'replace') result.updated += 1;
  else if (replacement === 'same') result.unchanged += 1;
  else result.kept += 1;
  if (replacement === 'regression') result.regressions += 1;
}
