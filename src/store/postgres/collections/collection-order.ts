/** The tasks of a collection in their order. */
import type { TaskId } from '../../../task/id.ts';
import { numberParams } from '../conditions.ts';
import type { Queryable } from '../database.ts';
import { buildRows, type ColumnOf } from '../rows.ts';

/** Their places, in order. */
export async function readPlaces(
  { query }: Pick<Queryable, 'query'>,
  collection: string,
): Promise<ReadonlyMap<TaskId, number>> {
  const rows = await query<PlaceRow>(
    'SELECT task_id AS id, place FROM collection_tasks WHERE collection = $1 ORDER BY place',
    [collection],
  );
  return new Map(rows.map(({ id, place }) => [id, place]));
}

export async function isPlaced(
  { query }: Pick<Queryable, 'query'>,
  collection: string,
  id: TaskId,
): Promise<boolean> {
  const rows = await query('SELECT 1 FROM collection_tasks WHERE collection = $1 AND task_id = $2', [
    collection,
    id,
  ]);
  return rows.length > 0;
}

interface PlaceRow {
  readonly id: TaskId;
  readonly place: number;
}

const PLACE_COLUMNS: Readonly<Record<string, ColumnOf<PlaceRow>>> = {
  task_id: ['text', ({ id }) => id],
  place: ['bigint', ({ place }) => place],
};

/** In a transaction: writes the places that change. @param order without duplicates */
export async function writeOrder(
  tx: Queryable,
  collection: string,
  { places, order, nowMs }: { places: ReadonlyMap<TaskId, number>; order: readonly TaskId[]; nowMs: number },
): Promise<void> {
  const changed = order
    .map((id, place) => ({ id, place }))
    .filter(({ id, place }) => places.get(id) !== place);
  if (changed.length === 0) return;
  const { sql, params } = buildRows('written', PLACE_COLUMNS, changed);
  await tx.execute(
    numberParams(
      `INSERT INTO collection_tasks (collection, task_id, place, added_at) SELECT ?, task_id, place, ?::bigint FROM ${sql}
       ON CONFLICT (collection, task_id) DO UPDATE SET place = excluded.place`,
    ),
    [collection, nowMs, ...params],
  );
}

/** In a transaction: takes tasks away. @returns how many there were */
export function removePlaces(tx: Queryable, collection: string, ids: readonly TaskId[]): Promise<number> {
  return tx.execute('DELETE FROM collection_tasks WHERE collection = $1 AND task_id = ANY($2::text[])', [
    collection,
    ids,
  ]);
}

/** In a transaction: makes these its tasks, whether or not they are stored. @param order without duplicates */
export async function replaceTasks(
  tx: Queryable,
  collection: string,
  { order, nowMs }: { order: readonly TaskId[]; nowMs: number },
): Promise<void> {
  const places = await readPlaces(tx, collection);
  const wanted = new Set(order);
  await removePlaces(
    tx,
    collection,
    [...places.keys()].filter((id) => !wanted.has(id)),
  );
  await writeOrder(tx, collection, { places, order, nowMs });
}
