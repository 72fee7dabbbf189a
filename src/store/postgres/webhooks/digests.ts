/** The tasks of digests: messages about several tasks. */
import type { TaskId } from '../../../task/id.ts';
import { readTaskIds } from '../../rules/webhook-row.ts';
import { numberParams } from '../conditions.ts';
import type { Queryable } from '../database.ts';
import { buildRows, type ColumnOf } from '../rows.ts';

export interface Digest {
  readonly id: string;
  readonly taskIds: readonly TaskId[];
}

const DIGEST_COLUMNS: Readonly<Record<string, ColumnOf<Digest>>> = {
  id: ['text', ({ id }) => id],
  task_ids: ['text', ({ taskIds }) => JSON.stringify(taskIds)],
};

/** In a transaction that holds SAVED_SEARCH_LOCKS: writes which tasks they are about. */
export async function writeDigests(tx: Queryable, digests: readonly Digest[]): Promise<void> {
  if (digests.length === 0) return;
  const { sql, params } = buildRows('written', DIGEST_COLUMNS, digests);
  await tx.execute(
    numberParams(
      `UPDATE webhook_deliveries SET task_ids = written.task_ids FROM ${sql} WHERE webhook_deliveries.id = written.id`,
    ),
    params,
  );
}

/** In a transaction that holds the ids and SAVED_SEARCH_LOCKS: takes tasks out of all digests; one that is empty then is removed. */
export async function removeFromDigests(tx: Queryable, ids: readonly string[]): Promise<void> {
  const rows = await tx.query<{ id: string; taskIds: string }>(
    `SELECT id, task_ids AS "taskIds" FROM webhook_deliveries
     WHERE type = 'tasks.finished' AND EXISTS (
       SELECT 1 FROM json_array_elements_text(task_ids::json) AS told (id) WHERE told.id = ANY($1::text[]))`,
    [ids],
  );
  const forgotten = new Set(ids);
  const shortened = rows.map(({ id, taskIds }): Digest => {
    const told = readTaskIds({ taskId: null, taskIds });
    return { id, taskIds: told.filter((one) => !forgotten.has(one)) };
  });
  const empty = shortened.filter(({ taskIds }) => taskIds.length === 0);
  await writeDigests(
    tx,
    shortened.filter(({ taskIds }) => taskIds.length > 0),
  );
  if (empty.length > 0)
    await tx.execute('DELETE FROM webhook_deliveries WHERE id = ANY($1::text[])', [
      empty.map(({ id }) => id),
    ]);
}
