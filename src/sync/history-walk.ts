/**
 * Walking through a history list from its newest task down to a floor, by windows of `created_at`: new tasks that arrive
 * meanwhile stand above the window and shift nothing. Pure.
 */

export interface Walk {
  /** Everything created before is known from an earlier walk. Epoch milliseconds; 0 = nothing is. */
  readonly floorMs: number;
  /** The newest task that this walk has seen. */
  readonly topMs: number | undefined;
  /** Everything created later has been seen by this walk. Undefined: it has not begun. */
  readonly untilMs: number | undefined;
  /** Tasks to skip in the window, needed only where a whole page was created at one time. */
  readonly offset: number;
  /** Pages read. */
  readonly pages: number;
  /** Pages in a row that did not lead further down. */
  readonly idle: number;
}

export interface HistoryPage {
  /** When its tasks were created, epoch milliseconds. */
  readonly timesMs: readonly number[];
  /** Of all tasks in the window, when the upstream says so. */
  readonly count: number | undefined;
}

/** Tasks may appear in the list a little later than they were created. */
const LATE_MS = 10 * 60_000;
/** An upstream that gives the same page for ever doesn't page. */
const MAX_IDLE_PAGES = 1000;

export function beginWalk(floorMs: number): Walk {
  return { floorMs, topMs: undefined, untilMs: undefined, offset: 0, pages: 0, idle: 0 };
}

/** The window to ask for next, in the upstream's members: epoch seconds, both bounds inclusive. */
export function walkWindow({ floorMs, untilMs, offset }: Walk): Record<string, number> {
  return {
    offset,
    ...(floorMs > 0 ? { created_at_min: (floorMs - 1) / 1000 } : {}),
    // A millisecond more, should the bound be exclusive after all; what comes twice is stored once.
    ...(untilMs === undefined ? {} : { created_at_max: (untilMs + 1) / 1000 }),
  };
}

/**
 * What a page means for the walk.
 * @returns where it goes on; `isOver` once there is nothing more below
 * @throws Error when page after page leads nowhere
 */
export function advanceWalk(walk: Walk, { timesMs, count }: HistoryPage): { walk: Walk; isOver: boolean } {
  const seen = walk.offset + timesMs.length;
  const oldest = timesMs.reduce((a, b) => Math.min(a, b), Number.POSITIVE_INFINITY);
  const newest = timesMs.reduce((a, b) => Math.max(a, b), walk.topMs ?? Number.NEGATIVE_INFINITY);
  const leadsDown = oldest < (walk.untilMs ?? Number.POSITIVE_INFINITY);
  const next: Walk = {
    ...walk,
    topMs: Number.isFinite(newest) ? newest : walk.topMs,
    ...(leadsDown ? { untilMs: oldest, offset: 0, idle: 0 } : { offset: seen, idle: walk.idle + 1 }),
    pages: walk.pages + 1,
  };
  if (next.idle > MAX_IDLE_PAGES) throw new Error('the history list gives the same page again and again');
  return { walk: next, isOver: timesMs.length === 0 || (count !== undefined && seen >= count) };
}

/** True when the newest task was known from the walk before: nothing arrived since that one began. */
export function hasNothingNewer({ floorMs, topMs }: Walk): boolean {
  return topMs === undefined || (floorMs > 0 && topMs <= floorMs + LATE_MS);
}

/** Where the next walk may stop: at what this one began with, less what may have come late. */
export function computeNextFloor({ floorMs, topMs }: Walk): number {
  return topMs === undefined ? floorMs : Math.max(floorMs, topMs - LATE_MS);
}
