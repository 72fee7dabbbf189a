/**
 * Converts position order to time order, ties by id. Positions follow the time of creation to a quarter of a second, and
 * exceed it in bursts, so rows are held back only until no later row can sort before them.
 */
import { compareInTime, type Direction, type Timed } from '../rules/time-page.ts';
import { computeSlot } from './position.ts';

export interface TimedRow extends Timed {
  readonly position: number;
}

/**
 * @param rows ordered by position: descending for `newest`, ascending for `oldest`
 * @param maxDisplacement how far a row's position may be above the slot of its time
 * @param ties by id, or in order of arrival
 */
export function* sortByTime<Row extends TimedRow>(
  rows: Iterable<Row>,
  direction: Direction,
  maxDisplacement: number,
  ties: 'id' | 'arrival' = 'id',
): Generator<Row> {
  const compare = (a: Row, b: Row) => {
    if (ties === 'id' || a.createdAt !== b.createdAt) return compareInTime(direction, a, b);
    return direction === 'newest' ? b.position - a.position : a.position - b.position;
  };
  let held: Row[] = [];
  /** The slot of the held row that becomes final first. */
  let first: number | undefined;
  // Later rows were created in this slot at the latest (or, ascending, at the earliest).
  const isCertain = (slot: number, position: number) =>
    direction === 'newest' ? slot > position : slot < position - maxDisplacement;
  const earlier = direction === 'newest' ? Math.max : Math.min;

  for (const row of rows) {
    if (first !== undefined && isCertain(first, row.position)) {
      const certain = held.filter(({ createdAt }) => isCertain(computeSlot(createdAt), row.position));
      held = held.filter(({ createdAt }) => !isCertain(computeSlot(createdAt), row.position));
      first = held.length === 0 ? undefined : earlier(...held.map(({ createdAt }) => computeSlot(createdAt)));
      yield* certain.sort(compare);
    }
    held.push(row);
    const slot = computeSlot(row.createdAt);
    first = first === undefined ? slot : earlier(first, slot);
  }
  yield* held.sort(compare);
}
