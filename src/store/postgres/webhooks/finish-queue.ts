/** Finished tasks whose webhooks are not known yet: written with the task, so that a crash between loses none. */
import type { Queryable } from '../database.ts';
import { SAVED_SEARCH_LOCKS } from '../saved-searches.ts';
import { lockNames } from '../transaction.ts';
import { removeFromDigests } from './digests.ts';

/** In a transaction that holds the ids: tasks have finished. Costs a look-up while there are no webhooks. */
export async function addFinished(tx: Queryable, ids: readonly string[], nowMs: number): Promise<void> {
  if (ids.length === 0) return;
  await tx.execute(
    `INSERT INTO finished_tasks (id, finished_at)
     SELECT id, $2 FROM unnest($1::text[]) WITH ORDINALITY AS finished (id, position)
     WHERE EXISTS (SELECT 1 FROM webhooks WHERE saved_search_id IS NOT NULL) ORDER BY position
     ON CONFLICT DO NOTHING`,
    [ids, nowMs],
  );
}

/** In a transaction that holds the ids: tasks are forgotten, with the messages about them, also those of which they are a part. */
export async function forgetMessages(tx: Queryable, ids: readonly string[]): Promise<void> {
  const [webhook] = await tx.query('SELECT 1 FROM webhooks WHERE saved_search_id IS NOT NULL LIMIT 1');
  // Before any message is locked: who removes a webhook holds this, and waits for messages.
  if (webhook) await lockNames(tx, SAVED_SEARCH_LOCKS);
  await tx.execute('DELETE FROM finished_tasks WHERE id = ANY($1::text[])', [ids]);
  await tx.execute('DELETE FROM webhook_deliveries WHERE task_id = ANY($1::text[])', [ids]);
  if (webhook) await removeFromDigests(tx, ids);
}
