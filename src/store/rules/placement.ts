/** Placing tasks in a collection: which are added, moved or refused, and the order afterwards. */
import type { TaskId } from '../../task/id.ts';
import {
  type CollectionRefusal,
  MAX_COLLECTION_TASKS,
  type Placement,
  type PlacementResult,
  type TaskRun,
} from '../contract/collections.ts';
import { describeRuns, placeRuns } from './task-order.ts';

export interface PlacementPlan extends Omit<PlacementResult, 'collection'> {
  readonly kind: 'done';
  /** All tasks of the collection. */
  readonly order: readonly TaskId[];
  readonly isChange: boolean;
}

/** The tasks that are not in the collection yet. */
export function listNewcomers(order: readonly TaskId[], placement: Placement): TaskId[] {
  const there = new Set(order);
  return listGiven(readPlacement(placement).runs).filter((id) => !there.has(id));
}

/**
 * @param order the tasks of the collection
 * @param allowed those of the newcomers that are stored, and within the limits of the collection
 */
export function planPlacement(
  order: readonly TaskId[],
  placement: Placement,
  allowed: { has(id: TaskId): boolean },
): PlacementPlan | CollectionRefusal {
  const { runs, isMove } = readPlacement(placement);
  const there = new Set(order);
  const moved = isMove ? listGiven(runs).filter((id) => there.has(id)) : [];
  const newcomers = listNewcomers(order, placement);
  const added = newcomers.filter((id) => allowed.has(id));
  if (order.length + added.length > MAX_COLLECTION_TASKS) return TOO_MANY;
  const placed = new Set([...moved, ...added]);
  const placing = runs.map(({ ids, before }) => ({ ids: ids.filter((id) => placed.has(id)), before }));
  if (!areAnchorsThere(order, placing)) return NOT_PLACED;
  return {
    kind: 'done',
    ...{ added, moved, unknown: newcomers.filter((id) => !placed.has(id)) },
    runs: describeRuns(order, new Set(moved)),
    order: placeRuns(order, placing),
    isChange: placed.size > 0,
  };
}

/** @returns `isMove`: whether those that are there are moved */
function readPlacement(placement: Placement): { runs: readonly TaskRun[]; isMove: boolean } {
  if ('runs' in placement) return { runs: placement.runs, isMove: true };
  const { ids, before } = placement;
  return { runs: [{ ids, before: before ?? undefined }], isMove: before !== undefined };
}

function listGiven(runs: readonly TaskRun[]): TaskId[] {
  return [...new Set(runs.flatMap(({ ids }) => ids))];
}

/** Whether what each is placed before is in the list then. */
function areAnchorsThere(order: readonly TaskId[], runs: readonly TaskRun[]): boolean {
  const there = new Set(order);
  for (const { ids, before } of runs) {
    if (before !== undefined && !there.has(before)) return false;
    for (const id of ids) there.add(id);
  }
  return true;
}

const NOT_PLACED: CollectionRefusal = {
  kind: 'refused',
  reason: 'the task before which they are to be placed is not in the collection',
};
const TOO_MANY: CollectionRefusal = {
  kind: 'refused',
  reason: `a collection has at most ${MAX_COLLECTION_TASKS} tasks`,
};
