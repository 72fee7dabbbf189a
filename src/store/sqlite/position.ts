/**
 * Row positions that increase with the time of creation: four per second. The search index lists rows by position, so
 * "newest first" needs no sort (time-order.ts corrects the order of neighbours). Tasks of the same quarter of a second, and
 * bursts of more than four per second, are in order of arrival. The index stores the gaps between positions: sixteen times
 * as many positions would make it a tenth larger, and nobody generates more than 345,600 tasks a day for long.
 */

const SLOTS_PER_SECOND = 4;
const SLOT_MS = 1000 / SLOTS_PER_SECOND;
const SECONDS_PER_CENTURY = 3_155_760_000;

/** The slot of a time. @param ms epoch milliseconds, not negative */
export function computeSlot(ms: number): number {
  return Math.floor((ms * SLOTS_PER_SECOND) / 1000);
}

/** The times of a slot; epoch milliseconds. */
export function getSlotTimes(slot: number): { readonly fromMs: number; readonly toMs: number } {
  return { fromMs: slot * SLOT_MS, toMs: (slot + 1) * SLOT_MS };
}

/**
 * Finds a free position at or above the slot of a time.
 * @param createdAtMs epoch milliseconds
 * @param findHighest the highest taken position in [from, to), or null
 * @throws Error when a century of slots is taken
 */
export function findFreePosition(
  createdAtMs: number,
  findHighest: (from: number, to: number) => number | null,
): number {
  const slot = computeSlot(createdAtMs);
  for (let width = SLOTS_PER_SECOND; width < SLOTS_PER_SECOND * SECONDS_PER_CENTURY; width *= 32) {
    const highest = findHighest(slot, slot + width);
    if (highest === null) return slot;
    if (highest + 1 < slot + width) return highest + 1;
  }
  throw new Error(`no position is free behind ${createdAtMs}`);
}
