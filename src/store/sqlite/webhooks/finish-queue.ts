/** Finished tasks whose webhooks are not known yet: written with the task, so that a crash between loses none. */
import type { TaskId } from '../../../task/id.ts';
import type { Sqlite } from '../database.ts';

export interface FinishQueue {
  /** Inside the caller's transaction: a task has finished. Costs a look-up while there are no webhooks. */
  add(id: TaskId, nowMs: number): void;
  /** Inside the caller's transaction: a task is forgotten, with the messages about it. */
  forget(id: TaskId): void;
}

export function createFinishQueue({ raw }: Pick<Sqlite, 'raw'>): FinishQueue {
  const isAnyInterested = raw.prepare('SELECT 1 FROM webhooks WHERE saved_search_id IS NOT NULL LIMIT 1');
  const insert = raw.prepare<[string, number]>(
    'INSERT INTO finished_tasks (id, finished_at) VALUES (?, ?) ON CONFLICT DO NOTHING',
  );
  const remove = raw.prepare<[string]>('DELETE FROM finished_tasks WHERE id = ?');
  const removeMessages = raw.prepare<[string]>('DELETE FROM webhook_deliveries WHERE task_id = ?');
  return {
    add: (id, nowMs) => {
      if (isAnyInterested.get() !== undefined) insert.run(id, nowMs);
    },
    forget: (id) => {
      remove.run(id);
      removeMessages.run(id);
    },
  };
}
