/** The order of a list of tasks: placing and taking away, and what undoes both. */

import type { TaskId } from '../../task/id.ts';
import type { TaskRun } from '../contract/collections.ts';

/**
 * Places runs of tasks in a list, one after the other: the tasks of each before another one, in the order in which they are given,
 * wherever they were. Takes time for what is moved, not for the list times the runs.
 * @param order without duplicates
 * @param runs `before` is in the list, or in an earlier run; undefined: the end. If it is moved itself, what follows it counts
 */
export function placeRuns(order: readonly TaskId[], runs: readonly TaskRun[]): TaskId[] {
  const end = new Link(undefined);
  const links = new Map(order.map((id) => [id, new Link(id)]));
  for (const link of links.values()) link.moveBefore(end);
  for (const { ids, before } of runs) {
    const moved = new Set(ids);
    let anchor = (before === undefined ? undefined : links.get(before)) ?? end;
    while (anchor.id !== undefined && moved.has(anchor.id)) anchor = anchor.next;
    for (const id of moved) {
      const link = links.get(id) ?? new Link(id);
      links.set(id, link);
      link.moveBefore(anchor);
    }
  }
  const placed: TaskId[] = [];
  for (let link = end.next; link.id !== undefined; link = link.next) placed.push(link.id);
  return placed;
}

/** One of a ring; the one without an id is its end, and its beginning. */
class Link {
  next: Link = this;
  private previous: Link = this;
  constructor(readonly id: TaskId | undefined) {}

  moveBefore(other: Link): void {
    this.previous.next = this.next;
    this.next.previous = this.previous;
    this.previous = other.previous;
    this.next = other;
    other.previous.next = this;
    other.previous = this;
  }
}

/**
 * Where some tasks of a list stand, as runs of neighbours.
 * @returns runs that, placed one after the other in a list that has the others in their order, put all back
 */
export function describeRuns(order: readonly TaskId[], ids: ReadonlySet<TaskId>): TaskRun[] {
  const runs: TaskRun[] = [];
  let run: TaskId[] = [];
  for (const id of order) {
    if (ids.has(id)) run.push(id);
    else if (run.length > 0) {
      runs.push({ ids: run, before: id });
      run = [];
    }
  }
  if (run.length > 0) runs.push({ ids: run, before: undefined });
  return runs;
}
