/** Queues messages about finished tasks: one for each, or beyond a number an hour a digest. Runs inside a transaction. */
import { createHash } from 'node:crypto';
import { createRandomKey } from '../../../lib/random-key.ts';
import type { TaskId } from '../../../task/id.ts';
import { MAX_DIGEST_TASKS, MAX_SINGLE_MESSAGES, type Webhook } from '../../contract/webhooks.ts';
import type { Sqlite } from '../database.ts';
import { readTaskIds } from './webhook-row.ts';

const HOUR_MS = 3_600_000;

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

  /**
   * A digest is open for an hour, and queued then: what is repeated before that is closed as well. What was claimed is not as it was
   * queued, and stays closed when the clock is set back.
   */
  const addToDigest = ({ id: webhookId }: Webhook, ids: readonly TaskId[], nowMs: number): void => {
    const open = openDigest.get(webhookId, nowMs);
    const known = open ? readTaskIds({ taskId: null, taskIds: open.taskIds }) : [];
    const added = ids.filter((id) => !known.includes(id));
    const fitting = open ? added.slice(0, Math.max(0, MAX_DIGEST_TASKS - known.length)) : [];
    if (open && fitting.length > 0) extendDigest.run(JSON.stringify([...known, ...fitting]), open.id);
    for (let at = fitting.length; at < added.length; at += MAX_DIGEST_TASKS) {
      const taskIds = JSON.stringify(added.slice(at, at + MAX_DIGEST_TASKS));
      insertDigest.run({
        ...{ id: `msg_${createRandomKey()}`, webhookId, taskIds, nowMs },
        dueAtMs: nowMs + HOUR_MS,
      });
    }
  };

  return (webhook, ids, nowMs) => {
    const wanted = ids.filter(
      (id) =>
        isCreatedAfter.get(id, webhook.createdAtMs) !== undefined &&
        isKnown.get(nameMessage(webhook, id)) === undefined,
    );
    if (wanted.length === 0) return;
    const isDigesting = openDigest.get(webhook.id, nowMs) !== undefined;
    const left = isDigesting
      ? 0
      : Math.max(0, MAX_SINGLE_MESSAGES - (countSingle.get(webhook.id, nowMs - HOUR_MS, nowMs) ?? 0));
    for (const taskId of wanted.slice(0, left))
      insertSingle.run({ id: nameMessage(webhook, taskId), webhookId: webhook.id, taskId, nowMs });
    if (wanted.length > left) addToDigest(webhook, wanted.slice(left), nowMs);
  };
}

/** The same for a task that finishes once more after a restore: then the receiver can drop it. */
function nameMessage({ id }: Webhook, taskId: TaskId): string {
  const hash = createHash('sha256').update(`${id}\n${taskId}`).digest('base64url');
  return `msg_${hash.slice(0, 32)}`;
}
