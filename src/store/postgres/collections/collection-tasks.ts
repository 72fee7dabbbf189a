/** The tasks of collections: placed, moved, taken away. */
import type { TaskId } from '../../../task/id.ts';
import type { TaskLimits } from '../../../task/limits.ts';
import type {
  ChangeOptions,
  Collection,
  CollectionStore,
  CollectionTask,
} from '../../contract/collections.ts';
import { listNewcomers, planPlacement } from '../../rules/placement.ts';
import { describeRuns } from '../../rules/task-order.ts';
import { collectParams, numberParams } from '../conditions.ts';
import type { Postgres, Queryable } from '../database.ts';
import { buildLimitConditions } from '../filter-sql.ts';
import { runInTransaction } from '../transaction.ts';
import { readPlaces, removePlaces, writeOrder } from './collection-order.ts';
import { COLLECTION_LOCKS, createCollectionFinder } from './find-collection.ts';

export function createCollectionTasks(
  db: Postgres,
): Pick<CollectionStore, 'collectionTasks' | 'placeInCollection' | 'takeFromCollection'> {
  return {
    collectionTasks: (collection, after, limit) =>
      db.read<CollectionTask>(
        `SELECT task_id AS id, added_at AS "addedAtMs", place FROM collection_tasks
         WHERE collection = $1 AND ($2::bigint IS NULL OR place > $2) ORDER BY place LIMIT $3`,
        [collection, after ?? null, limit],
      ),

    placeInCollection: (id, placement, options) =>
      runInTransaction(db, { names: COLLECTION_LOCKS }, async (tx) => {
        const found = await createCollectionFinder(tx).find(id, options.within, options.ifVersion);
        if (found.kind !== 'done') return found;
        const places = await readPlaces(tx, id);
        const before = [...places.keys()];
        const { collection } = found;
        const allowed = await readStoredWithin(tx, listNewcomers(before, placement), collection.limits);
        const plan = planPlacement(before, placement, allowed);
        if (plan.kind !== 'done') return plan;
        const { order, isChange, ...result } = plan;
        await writeOrder(tx, id, { places, order, nowMs: options.nowMs });
        return { ...result, collection: isChange ? await touch(tx, id, options) : collection };
      }),

    takeFromCollection: (id, ids, options) =>
      runInTransaction(db, { names: COLLECTION_LOCKS }, async (tx) => {
        const found = await createCollectionFinder(tx).find(id, options.within, options.ifVersion);
        if (found.kind !== 'done') return found;
        const order = [...(await readPlaces(tx, id)).keys()];
        const runs = describeRuns(order, new Set(ids));
        const removed = await removePlaces(tx, id, ids);
        const collection = removed === 0 ? found.collection : await touch(tx, id, options);
        return { kind: 'done', collection, removed, runs };
      }),
  };
}

/** Those of the tasks that are stored, and within the limits. */
async function readStoredWithin(
  { query }: Queryable,
  ids: readonly TaskId[],
  limits: TaskLimits | undefined,
): Promise<ReadonlySet<TaskId>> {
  const conditions = [
    { sql: 'id = ANY(?::text[])', params: [ids] },
    ...buildLimitConditions(limits, 'tasks'),
  ];
  const rows = await query<{ id: TaskId }>(
    numberParams(`SELECT id FROM tasks WHERE ${conditions.map(({ sql }) => sql).join(' AND ')}`),
    collectParams(conditions),
  );
  return new Set(rows.map(({ id }) => id));
}

/** In a transaction: its tasks have changed. A cover that was taken away is none. @returns the collection afterwards */
async function touch(tx: Queryable, id: string, { nowMs, within }: ChangeOptions): Promise<Collection> {
  await tx.execute(
    `UPDATE collections SET version = version + 1, changed_at = greatest(changed_at, $2),
       cover = (SELECT task_id FROM collection_tasks WHERE collection = $1 AND task_id = cover)
     WHERE id = $1`,
    [id, nowMs],
  );
  const found = await createCollectionFinder(tx).find(id, within);
  if (found.kind !== 'done') throw new Error('the collection that was changed is not there');
  return found.collection;
}
