/** The events of `/api/events`: what each says, and who may hear of it. */
import { formatIsoTime } from '../../lib/iso-time.ts';
import { formatPeriod } from '../../search/dates.ts';
import type { StoreChange } from '../../store/contract/changes.ts';
import type { RunEvent } from '../../sync/runner.ts';
import { getInputIndex } from '../../task/image-number.ts';
import { isOwnerWithin, type TaskLimits } from '../../task/limits.ts';

export interface MirrorEvent {
  readonly name: 'task' | 'image' | 'sync' | 'status' | 'changed';
  /** @param timeZone of the caller */
  describe(timeZone: string): Readonly<Record<string, unknown>>;
  /** Whether a token with these limits may hear of it. */
  isVisibleTo(limits: TaskLimits | undefined): boolean;
}

const NOTHING = {};
/** What concerns the whole mirror tells a limited token how much others do. */
const isUnlimited = (limits: TaskLimits | undefined) => limits === undefined;

/** Anything may have changed: by another process, or more than could be told. */
export const CHANGED: MirrorEvent = {
  name: 'changed',
  describe: () => NOTHING,
  isVisibleTo: () => true,
};

export const STATUS: MirrorEvent = { name: 'status', describe: () => NOTHING, isVisibleTo: isUnlimited };

/** @returns the event that tells of a change of the store */
export function describeChange(change: StoreChange): MirrorEvent {
  if (change.kind === 'status') return STATUS;
  const { owner } = change;
  const isVisibleTo = (limits: TaskLimits | undefined) =>
    limits === undefined || isOwnerWithin(limits, owner);
  if (change.kind === 'task') {
    const { id, state, createdAtMs } = change;
    return {
      name: 'task',
      isVisibleTo,
      describe: (timeZone) => ({
        id,
        state,
        month: formatPeriod('month', createdAtMs, timeZone),
        created_at: formatIsoTime(createdAtMs),
      }),
    };
  }
  const { taskId: id, n, sha256 = null } = change;
  const input = getInputIndex(n);
  const which = input === undefined ? { n } : { input };
  return { name: 'image', isVisibleTo, describe: () => ({ id, ...which, sha256 }) };
}

export function describeRun(event: RunEvent): MirrorEvent {
  const { trigger } = event;
  const told =
    event.kind === 'progress'
      ? { state: 'running', trigger, done: event.done, due: event.due }
      : {
          state: 'ended',
          trigger,
          outcome: event.result.outcome,
          finished: event.result.counts.finished,
          error: event.result.error ?? null,
        };
  return { name: 'sync', describe: () => told, isVisibleTo: isUnlimited };
}
