/** The order of a list of tasks: placing and taking away, and what undoes both. */

import type { TaskId } from '../../task/id.ts';
import type { TaskRun } from '../contract/collections.ts';

/**
 * Places tasks before another one, in the order in which they are given, wherever they were.
 * @param before one of the list; undefined: the end. If it is moved itself, what follows it counts
 */
export function placeBefore(
  order: readonly TaskId[],
  ids: readonly TaskId[],
  before: TaskId | undefined,
): TaskId[] {
  const moved = new Set(ids);
  const from = before === undefined ? order.length : order.indexOf(before);
  const next = order.slice(from).find((id) => !moved.has(id));
  const rest = order.filter((id) => !moved.has(id));
  const at = next === undefined ? rest.length : rest.indexOf(next);
  return [...rest.slice(0, at), ...moved, ...rest.slice(at)];
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
