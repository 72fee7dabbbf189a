/** The tasks of collections: placed, moved, taken away. */
import { and, asc, eq, gt, sql } from 'drizzle-orm';
import type { TaskId } from '../../../task/id.ts';
import { isOwnerWithin } from '../../../task/limits.ts';
import type { ChangeOptions, Collection, CollectionStore } from '../../contract/collections.ts';
import { planPlacement } from '../../rules/placement.ts';
import { describeRuns } from '../../rules/task-order.ts';
import { runInTransaction, type Sqlite } from '../database.ts';
import { collections, collectionTasks, tasks } from '../schema.ts';
import type { Synchronous } from '../synchronous.ts';
import { createOwnerReader } from '../task-owner.ts';
import { createCollectionFinder } from './find-collection.ts';
import { nextVersion } from './next-version.ts';

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
          const plan = planPlacement([...places.keys()], placement, {
            has: (task) => isStoredWithin(found.collection, task),
          });
          if (plan.kind !== 'done') return plan;
          const { order, isChange, ...result } = plan;
          writeOrder(id, places, order, options.nowMs);
          const { collection } = found;
          return { ...result, collection: isChange ? touch(id, collection.cover, options) : collection };
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
