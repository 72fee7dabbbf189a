/**
 * Row positions that rise with the time of creation: four a second. The search index lists rows by position, so "newest
 * first" needs no sort (time-order.ts puts neighbours right). Tasks of the same quarter of a second, and bursts of more than
 * four a second, stand in the order of their arrival. The index stores the gaps between positions: sixteen times as many
 * positions would make it a tenth larger, and nobody generates more than 345,600 tasks a day for long.
 */

const SLOTS_PER_SECOND = 4;
const SECONDS_PER_CENTURY = 3_155_760_000;

/** The slot of a time. @param ms epoch milliseconds, not negative */
export function computeSlot(ms: number): number {
  return Math.floor((ms * SLOTS_PER_SECOND) / 1000);
}

/**
 * A free position at or behind the slot of a time.
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
