/**
 * Row positions that rise with the time of creation: 64 a second. The search index lists rows by position, so
 * "newest first" needs no sort. Tasks of the same 1/64 s, and bursts of more than 64 a second, stand in the order
 * of their arrival.
 */

const SLOTS_PER_SECOND = 64;
const SECONDS_PER_CENTURY = 3_155_760_000;

/** The slot of a time. @param ms epoch milliseconds, not negative */
export function slotOf(ms: number): number {
  return Math.floor((ms * SLOTS_PER_SECOND) / 1000);
}

/**
 * A free position at or behind the slot of a time.
 * @param createdAtMs epoch milliseconds
 * @param highestIn the highest taken position in [from, to), or null
 * @throws Error when a century of slots is taken
 */
export function freePosition(
  createdAtMs: number,
  highestIn: (from: number, to: number) => number | null,
): number {
  const slot = slotOf(createdAtMs);
  for (let width = SLOTS_PER_SECOND; width < SLOTS_PER_SECOND * SECONDS_PER_CENTURY; width *= 32) {
    const highest = highestIn(slot, slot + width);
    if (highest === null) return slot;
    if (highest + 1 < slot + width) return highest + 1;
  }
  throw new Error(`no position is free behind ${createdAtMs}`);
}
