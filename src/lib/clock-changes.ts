/** What daylight saving does to a schedule: times of day that never come, and those that come twice. */

const SECOND_MS = 1000;

interface Span {
  readonly fromMs: number;
  readonly toMs: number;
}

/**
 * Whether the clocks went forward within the span, over a time that a schedule names.
 * @param getOffsetMs how far local time is ahead of UTC at an instant
 * @param matches whether the schedule names a local time, given as if it were UTC
 */
export function hasSkippedTime(
  { fromMs, toMs }: Span,
  getOffsetMs: (atMs: number) => number,
  matches: (localMs: number) => boolean,
): boolean {
  const before = getOffsetMs(fromMs);
  const after = getOffsetMs(toMs);
  if (toMs <= fromMs || after <= before) return false;
  const changeMs = findChange({ fromMs, toMs }, (atMs) => getOffsetMs(atMs) > before);
  for (let localMs = changeMs + before; localMs < changeMs + after; localMs += SECOND_MS)
    if (matches(localMs)) return true;
  return false;
}

/**
 * The first whole second in the span, after its start, whose local time a schedule names: also in the first of two hours with the
 * same name, when the clocks go back.
 * @param getOffsetMs as above
 * @param matches as above
 */
export function findLocalTime(
  { fromMs, toMs }: Span,
  getOffsetMs: (atMs: number) => number,
  matches: (localMs: number) => boolean,
): number | undefined {
  const first = (Math.floor(fromMs / SECOND_MS) + 1) * SECOND_MS;
  for (let atMs = first; atMs < toMs; atMs += SECOND_MS) if (matches(atMs + getOffsetMs(atMs))) return atMs;
  return undefined;
}

/** The first whole second in the span at which `isAfter` holds. */
function findChange({ fromMs, toMs }: Span, isAfter: (atMs: number) => boolean): number {
  let low = Math.floor(fromMs / SECOND_MS);
  let high = Math.ceil(toMs / SECOND_MS);
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2);
    if (isAfter(middle * SECOND_MS)) high = middle;
    else low = middle;
  }
  return high * SECOND_MS;
}

/** For the time zone of this process. */
export function getLocalOffsetMs(atMs: number): number {
  return -new Date(atMs).getTimezoneOffset() * 60_000;
}
