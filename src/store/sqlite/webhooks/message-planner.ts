/** Queues messages about finished tasks (see rules/message-plan.ts). Runs inside a transaction. */
import { createRandomKey } from '../../../lib/random-key.ts';
import type { TaskId } from '../../../task/id.ts';
import type { Webhook } from '../../contract/webhooks.ts';
import { HOUR_MS, nameMessage, planTaskMessages } from '../../rules/message-plan.ts';
import { readTaskIds } from '../../rules/webhook-row.ts';
import type { Sqlite } from '../database.ts';

/** @returns a function that queues what a webhook is told of these tasks */
export function createMessagePlanner({
  raw,
}: Pick<Sqlite, 'raw'>): (webhook: Webhook, ids: readonly TaskId[], nowMs: number) => void {
  const isCreatedAfter = raw.prepare<[string, number]>('SELECT 1 FROM tasks WHERE id = ? AND created_at > ?');
  const isKnown = raw.prepare<[string]>('SELECT 1 FROM webhook_deliveries WHERE id = ?');
  const countSingle = raw
    .prepare<[string, number, number], number>(
      `SELECT count(*) FROM webhook_deliveries WHERE webhook_id = ? AND created_at > ? AND created_at <= ? AND type = 'task.finished'`,
    )
    .pluck();
  // A digest is open for an hour, and queued then: what is repeated before that is closed as well. What was claimed is not as it was
  // queued, and stays closed when the clock is set back.
  const openDigest = raw.prepare<[string, number], { id: string; taskIds: string }>(
    `SELECT id, task_ids AS taskIds FROM webhook_deliveries
     WHERE webhook_id = ? AND queued_at > ? AND due_at = queued_at AND attempts = 0 AND type = 'tasks.finished' ORDER BY created_at DESC, rowid DESC LIMIT 1`,
  );
  const insertSingle = raw.prepare<{ id: string; webhookId: string; taskId: string; nowMs: number }>(
    `INSERT INTO webhook_deliveries (id, webhook_id, type, task_id, created_at, queued_at, due_at)
     VALUES (:id, :webhookId, 'task.finished', :taskId, :nowMs, :nowMs, :nowMs)`,
  );
  const insertDigest = raw.prepare<{
    id: string;
    webhookId: string;
    taskIds: string;
    nowMs: number;
    dueAtMs: number;
  }>(
    `INSERT INTO webhook_deliveries (id, webhook_id, type, task_ids, created_at, queued_at, due_at)
     VALUES (:id, :webhookId, 'tasks.finished', :taskIds, :nowMs, :dueAtMs, :dueAtMs)`,
  );
  const extendDigest = raw.prepare<[string, string]>(
    'UPDATE webhook_deliveries SET task_ids = ? WHERE id = ?',
  );

  return (webhook, ids, nowMs) => {
    const wanted = ids.filter(
      (id) =>
        isCreatedAfter.get(id, webhook.createdAtMs) !== undefined &&
        isKnown.get(nameMessage(webhook, id)) === undefined,
    );
    if (wanted.length === 0) return;
    const { id: webhookId } = webhook;
    const open = openDigest.get(webhookId, nowMs);
    const { singles, extended, digests } = planTaskMessages(wanted, {
      open: open && readTaskIds({ taskId: null, taskIds: open.taskIds }),
      sent: countSingle.get(webhookId, nowMs - HOUR_MS, nowMs) ?? 0,
    });
    for (const taskId of singles)
      insertSingle.run({ id: nameMessage(webhook, taskId), webhookId, taskId, nowMs });
    if (open && extended) extendDigest.run(JSON.stringify(extended), open.id);
    for (const taskIds of digests) {
      const id = `msg_${createRandomKey()}`;
      insertDigest.run({ id, webhookId, taskIds: JSON.stringify(taskIds), nowMs, dueAtMs: nowMs + HOUR_MS });
    }
  };
}
