/** What becomes of the marks of a task: by a request, or from an archive. */
import type { TaskId } from '../../task/id.ts';
import {
  applyMarkChange,
  areSameMarks,
  type MarkChange,
  NO_MARKS,
  normalizeMarkChange,
  TooManyTags,
} from '../../task/marks.ts';
import type { ArchivedMarks, MarkOutcome, MarkRequest, TaskMarks } from '../contract/marks.ts';

/** Of a task that was never marked. */
export function createUnmarked(id: TaskId): TaskMarks {
  return { ...NO_MARKS, id, version: 0, changedAtMs: 0 };
}

/**
 * Decides about a request for a task that is stored and visible.
 * @param before the marks that the task has
 * @param change that of the request, normalized
 */
export function decideMark(
  before: TaskMarks,
  { ifVersion }: Pick<MarkRequest, 'ifVersion'>,
  { change, nowMs }: { change: MarkChange; nowMs: number },
): MarkOutcome {
  if (ifVersion && !ifVersion.includes(before.version)) return { kind: 'conflict', marks: before };
  const after = tryChange(before, change);
  if (after instanceof TooManyTags) return { kind: 'refused', id: before.id, reason: after.message };
  if (areSameMarks(before, after)) return { kind: 'same', marks: before };
  const changedAtMs = Math.max(nowMs, before.changedAtMs); // a clock may go back
  const marks = { ...after, id: before.id, version: createVersion(before.version, nowMs), changedAtMs };
  return { kind: 'changed', before, marks };
}

/**
 * Decides about archived marks of a stored task.
 * @param before undefined: it was never marked
 * @returns what to store, undefined if nothing; `isChange`: whether they differ from those that are stored
 */
export function decideImport(
  before: TaskMarks | undefined,
  archived: ArchivedMarks,
): { readonly marks: TaskMarks; readonly isChange: boolean } | undefined {
  const { changedAtMs } = archived;
  if (before ? before.changedAtMs >= changedAtMs : changedAtMs === 0) return undefined;
  // Even if they are the same, or none: older ones that come later must not win.
  const isSame = areSameMarks(before ?? NO_MARKS, archived);
  const version = isSame && before ? before.version : createVersion(before?.version ?? 0, changedAtMs);
  return { marks: { ...archived, version }, isChange: !isSame };
}

/** Not below the time, so that marks of a task that is forgotten and fetched again are not taken for the earlier ones. */
function createVersion(before: number, nowMs: number): number {
  return Math.max(before + 1, nowMs);
}

/** @returns the error if there would be too many tags: the other tasks are marked */
function tryChange(before: TaskMarks, change: MarkChange) {
  try {
    return applyMarkChange(before, change);
  } catch (error) {
    if (error instanceof TooManyTags) return error;
    throw error;
  }
}

/** Normalizes the changes of requests: most of them are about one change for many tasks. @throws InvalidTag */
export function normalizeChanges(requests: readonly MarkRequest[]): (request: MarkRequest) => MarkChange {
  const normalized = new Map<MarkChange, MarkChange>();
  for (const { change } of requests)
    if (!normalized.has(change)) normalized.set(change, normalizeMarkChange(change));
  return ({ change }) => normalized.get(change) ?? change;
}
