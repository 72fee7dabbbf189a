/**
 * Walks through a history list from its newest task down to a floor, by windows of `created_at`: new tasks that arrive
 * in the meantime lie above the window and shift nothing. Pure.
 */

export interface Walk {
  /** Everything created before this is known from an earlier walk. Epoch milliseconds; 0 = nothing is known. */
  readonly floorMs: number;
  /** The newest task that this walk has seen. */
  readonly topMs: number | undefined;
  /** Everything created after this has been seen by this walk. Undefined before its first page. */
  readonly untilMs: number | undefined;
  /** Tasks to skip in the window; needed only when a whole page has the same creation time. */
  readonly offset: number;
  /** Pages read. */
  readonly pages: number;
  /** Consecutive pages without progress downwards. */
  readonly idle: number;
}

export interface HistoryPage {
  /** Creation times of its tasks, epoch milliseconds. */
  readonly timesMs: readonly number[];
  /** Number of all tasks in the window; undefined if the upstream does not report it. */
  readonly count: number | undefined;
}

/** Tasks may appear in the list a little later than they were created. */
const LATE_MS = 10 * 60_000;
/** An upstream that returns the same page forever does not support paging. */
const MAX_IDLE_PAGES = 1000;

export function beginWalk(floorMs: number): Walk {
  return { floorMs, topMs: undefined, untilMs: undefined, offset: 0, pages: 0, idle: 0 };
}

/** The next window as request members of the upstream: epoch seconds, both bounds inclusive. */
export function walkWindow({ floorMs, untilMs, offset }: Walk): Record<string, number> {
  return {
    offset,
    ...(floorMs > 0 ? { created_at_min: (floorMs - 1) / 1000 } : {}),
    // One millisecond more, in case the bound is exclusive after all; duplicates are stored once.
    ...(untilMs === undefined ? {} : { created_at_max: (untilMs + 1) / 1000 }),
  };
}

/**
 * Advances the walk by one page.
 * @returns the next walk; `isOver` when nothing is left below
 * @throws Error after too many pages without progress
 */
export function advanceWalk(walk: Walk, { timesMs, count }: HistoryPage): { walk: Walk; isOver: boolean } {
  const seen = walk.offset + timesMs.length;
  const oldest = timesMs.reduce((a, b) => Math.min(a, b), Number.POSITIVE_INFINITY);
  const newest = timesMs.reduce((a, b) => Math.max(a, b), walk.topMs ?? Number.NEGATIVE_INFINITY);
  const isProgress = oldest < (walk.untilMs ?? Number.POSITIVE_INFINITY);
  const next: Walk = {
    ...walk,
    topMs: Number.isFinite(newest) ? newest : walk.topMs,
    ...(isProgress ? { untilMs: oldest, offset: 0, idle: 0 } : { offset: seen, idle: walk.idle + 1 }),
    pages: walk.pages + 1,
  };
  if (next.idle > MAX_IDLE_PAGES) throw new Error('the history list keeps returning the same page');
  return { walk: next, isOver: timesMs.length === 0 || (count !== undefined && seen >= count) };
}

/** Whether the newest task was known from the previous walk: nothing has arrived since that one began. */
export function hasNothingNewer({ floorMs, topMs }: Walk): boolean {
  return topMs === undefined || (floorMs > 0 && topMs <= floorMs + LATE_MS);
}

/** Where the next walk may stop: at the newest task of this one, minus a margin for tasks that appear late. */
export function computeNextFloor({ floorMs, topMs }: Walk): number {
  return topMs === undefined ? floorMs : Math.max(floorMs, topMs - LATE_MS);
}
