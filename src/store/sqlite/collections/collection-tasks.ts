/** The tasks of collections: placed, moved, taken away. */
import { and, asc, eq, gt, sql } from 'drizzle-orm';
import type { TaskId } from '../../../task/id.ts';
import { isOwnerWithin } from '../../../task/limits.ts';
import {
  type ChangeOptions,
  type Collection,
  type CollectionRefusal,
  type CollectionStore,
  MAX_COLLECTION_TASKS,
  type Placement,
  type TaskRun,
} from '../../contract/collections.ts';
import { describeRuns, placeRuns } from '../../rules/task-order.ts';
import { runInTransaction, type Sqlite } from '../database.ts';
import { collections, collectionTasks, tasks } from '../schema.ts';
import type { Synchronous } from '../synchronous.ts';
import { createOwnerReader } from '../task-owner.ts';
import { nextVersion } from './collection-row.ts';
import { createCollectionFinder } from './find-collection.ts';

type Operations = Pick<CollectionStore, 'collectionTasks' | 'placeInCollection' | 'takeFromCollection'>;

export interface CollectionTasks {
  readonly has: (collection: string, id: TaskId) => boolean;
  /** Makes these its tasks, whether or not they are stored. Inside a transaction. @param order without duplicates */
  readonly replace: (collection: string, order: readonly TaskId[], nowMs: number) => void;
  readonly operations: Synchronous<Operations>;
}

export function createCollectionTasks(db: Sqlite): CollectionTasks {
  const { drizzle } = db;
  const { find } = createCollectionFinder(db);
  const readOwner = createOwnerReader(db);
  const isPlaced = and(
    eq(collectionTasks.collection, sql.placeholder('collection')),
    eq(collectionTasks.taskId, sql.placeholder('id')),
  );
  const selectOne = drizzle
    .select({ id: collectionTasks.taskId })
    .from(collectionTasks)
    .where(isPlaced)
    .prepare();
  const selectTask = drizzle
    .select({ id: tasks.id })
    .from(tasks)
    .where(eq(tasks.id, sql.placeholder('id')))
    .prepare();
  const selectOrder = drizzle
    .select({ id: collectionTasks.taskId, place: collectionTasks.place })
    .from(collectionTasks)
    .where(eq(collectionTasks.collection, sql.placeholder('collection')))
    .orderBy(asc(collectionTasks.place))
    .prepare();
  const write = drizzle
    .insert(collectionTasks)
    .values({
      collection: sql`${sql.placeholder('collection')}`,
      taskId: sql`${sql.placeholder('id')}`,
      place: sql`${sql.placeholder('place')}`,
      addedAt: sql`${sql.placeholder('addedAt')}`,
    })
    .onConflictDoUpdate({
      target: [collectionTasks.collection, collectionTasks.taskId],
      set: { place: sql`excluded.place` },
    })
    .prepare();
  const remove = drizzle.delete(collectionTasks).where(isPlaced).prepare();

  const readOrder = (collection: string) =>
    new Map(selectOrder.all({ collection }).map(({ id, place }) => [id as TaskId, place]));

  /** Writes the places that change. */
  const writeOrder = (
    collection: string,
    places: ReadonlyMap<TaskId, number>,
    order: readonly TaskId[],
    nowMs: number,
  ) => {
    for (const [place, id] of order.entries())
      if (places.get(id) !== place) write.run({ collection, id, place, addedAt: nowMs });
  };

  const isStoredWithin = ({ limits }: Collection, id: TaskId): boolean =>
    selectTask.get({ id }) !== undefined && (!limits || isOwnerWithin(limits, readOwner(id)));

  /** Inside a transaction. @returns the collection after the change */
  const touch = (id: string, cover: TaskId | undefined, options: ChangeOptions): Collection => {
    // A cover that was taken away is none.
    const isCoverGone = cover !== undefined && selectOne.get({ collection: id, id: cover }) === undefined;
    drizzle
      .update(collections)
      .set({ ...nextVersion(options), ...(isCoverGone ? { cover: null } : {}) })
      .where(eq(collections.id, id))
      .run();
    const found = find(id, options.within);
    if (found.kind !== 'done') throw new Error('the collection that was changed is not there');
    return found.collection;
  };

  return {
    has: (collection, id) => selectOne.get({ collection, id }) !== undefined,
    replace: (collection, order, nowMs) => {
      const places = readOrder(collection);
      const wanted = new Set(order);
      for (const id of places.keys()) if (!wanted.has(id)) remove.run({ collection, id });
      writeOrder(collection, places, order, nowMs);
    },
    operations: {
      collectionTasks: (collection, after, limit) =>
        drizzle
          .select({
            id: collectionTasks.taskId,
            addedAtMs: collectionTasks.addedAt,
            place: collectionTasks.place,
          })
          .from(collectionTasks)
          .where(
            and(
              eq(collectionTasks.collection, collection),
              after === undefined ? undefined : gt(collectionTasks.place, after),
            ),
          )
          .orderBy(asc(collectionTasks.place))
          .limit(limit)
          .all()
          .map((row) => ({ ...row, id: row.id as TaskId })), // stored as an id

      placeInCollection: (id, placement, options) =>
        runInTransaction(db, () => {
          const found = find(id, options.within, options.ifVersion);
          if (found.kind !== 'done') return found;
          const places = readOrder(id);
          const { runs, isMove } = readPlacement(placement);
          const given = [...new Set(runs.flatMap(({ ids }) => ids))];
          const moved = isMove ? given.filter((task) => places.has(task)) : [];
          const others = given.filter((task) => !places.has(task));
          const added = others.filter((task) => isStoredWithin(found.collection, task));
          if (places.size + added.length > MAX_COLLECTION_TASKS) return TOO_MANY;
          const placed = new Set([...moved, ...added]);
          const order = [...places.keys()];
          const placing = runs.map(({ ids, before }) => ({
            ids: ids.filter((task) => placed.has(task)),
            before,
          }));
          if (!areAnchorsThere(order, placing)) return NOT_PLACED;
          writeOrder(id, places, placeRuns(order, placing), options.nowMs);
          return {
            kind: 'done',
            collection: placed.size === 0 ? found.collection : touch(id, found.collection.cover, options),
            ...{ added, moved, unknown: others.filter((task) => !placed.has(task)) },
            runs: describeRuns(order, new Set(moved)),
          };
        }),

      takeFromCollection: (id, ids, options) =>
        runInTransaction(db, () => {
          const found = find(id, options.within, options.ifVersion);
          if (found.kind !== 'done') return found;
          const order = [...readOrder(id).keys()];
          const runs = describeRuns(order, new Set(ids));
          let removed = 0;
          for (const task of new Set(ids)) removed += remove.run({ collection: id, id: task }).changes;
          const { collection } = found;
          return {
            kind: 'done',
            collection: removed === 0 ? collection : touch(id, collection.cover, options),
            ...{ removed, runs },
          };
        }),
    },
  };
}

/** @returns `isMove`: whether those that are there are moved */
function readPlacement(placement: Placement): { runs: readonly TaskRun[]; isMove: boolean } {
  if ('runs' in placement) return { runs: placement.runs, isMove: true };
  const { ids, before } = placement;
  return { runs: [{ ids, before: before ?? undefined }], isMove: before !== undefined };
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
