/** Finished tasks whose webhooks are not known yet: written with the task, so that a crash between loses none. */
import type { TaskId } from '../../../task/id.ts';
import { readTaskIds } from '../../rules/webhook-row.ts';
import type { Sqlite } from '../database.ts';

export interface FinishQueue {
  /** Inside the caller's transaction: a task has finished. Costs a look-up while there are no webhooks. */
  add(id: TaskId, nowMs: number): void;
  /** Inside the caller's transaction: tasks are forgotten, with the messages about them, also those of which they are a part. */
  forget(ids: readonly TaskId[]): void;
}

export function createFinishQueue({ raw }: Pick<Sqlite, 'raw'>): FinishQueue {
  const isAnyInterested = raw.prepare('SELECT 1 FROM webhooks WHERE saved_search_id IS NOT NULL LIMIT 1');
  const insert = raw.prepare<[string, number]>(
    'INSERT INTO finished_tasks (id, finished_at) VALUES (?, ?) ON CONFLICT DO NOTHING',
  );
  const remove = raw.prepare<[string]>('DELETE FROM finished_tasks WHERE id = ?');
  const removeMessages = raw.prepare<[string]>('DELETE FROM webhook_deliveries WHERE task_id = ?');
  const digests = raw.prepare<[], { id: string; taskIds: string }>(
    `SELECT id, task_ids AS taskIds FROM webhook_deliveries WHERE type = 'tasks.finished'`,
  );
  const shortenDigest = raw.prepare<[string, string]>(
    'UPDATE webhook_deliveries SET task_ids = ? WHERE id = ?',
  );
  const removeDigest = raw.prepare<[string]>('DELETE FROM webhook_deliveries WHERE id = ?');

  /** Once for all of them: a digest may have a thousand. */
  const removeFromDigests = (forgotten: ReadonlySet<TaskId>): void => {
    for (const { id, taskIds } of digests.all()) {
      const known = readTaskIds({ taskId: null, taskIds });
      const left = known.filter((one) => !forgotten.has(one));
      if (left.length === known.length) continue;
      if (left.length === 0) removeDigest.run(id);
      else shortenDigest.run(JSON.stringify(left), id);
    }
  };

  return {
    add: (id, nowMs) => {
      if (isAnyInterested.get() !== undefined) insert.run(id, nowMs);
    },
    forget: (ids) => {
      for (const id of ids) {
        remove.run(id);
        removeMessages.run(id);
      }
      if (isAnyInterested.get() !== undefined) removeFromDigests(new Set(ids));
    },
  };
}
