/** The statements over deliveries of webhooks and finished tasks that run often. */
import type { DeliveryRow } from '../../rules/webhook-row.ts';
import type { Sqlite } from '../database.ts';

const DELIVERY = `id, webhook_id AS webhookId, type, task_id AS taskId, task_ids AS taskIds, data, created_at AS createdAt,
  queued_at AS queuedAt, due_at AS dueAt, attempts, delivered_at AS deliveredAt, last_error AS lastError`;

export function prepareDeliveryStatements({ raw }: Pick<Sqlite, 'raw'>) {
  return {
    finished: raw
      .prepare<[number], string>('SELECT id FROM finished_tasks ORDER BY finished_at, rowid LIMIT ?')
      .pluck(),
    removeFinished: raw.prepare<[string]>('DELETE FROM finished_tasks WHERE id = ?'),
    isDue: raw
      .prepare<{ nowMs: number; latestMs: number }, number>(
        `SELECT EXISTS (SELECT 1 FROM webhook_deliveries WHERE due_at <= :nowMs)
           OR EXISTS (SELECT 1 FROM webhook_deliveries WHERE due_at > :latestMs)`,
      )
      .pluck(),
    /** Also since when it is tried: it would be tried for as long. */
    pullIn: raw.prepare<{ nowMs: number; latestMs: number }>(
      `UPDATE webhook_deliveries SET due_at = :nowMs, queued_at = min(queued_at, :nowMs) WHERE due_at > :latestMs`,
    ),
    // Beside min(), SQLite takes the other columns from the row that has it.
    due: raw
      .prepare<{ nowMs: number; limit: number; busy: string }, string>(
        `SELECT id FROM (SELECT id, min(due_at) AS due FROM webhook_deliveries
           WHERE due_at <= :nowMs AND webhook_id NOT IN (SELECT value FROM json_each(:busy)) GROUP BY webhook_id)
         ORDER BY due LIMIT :limit`,
      )
      .pluck(),
    lease: raw.prepare<[number, string]>('UPDATE webhook_deliveries SET due_at = ? WHERE id = ?'),
    delivered: raw.prepare<[number, string]>(
      `UPDATE webhook_deliveries SET due_at = NULL, last_error = NULL, attempts = attempts + 1, delivered_at = ? WHERE id = ?`,
    ),
    failed: raw.prepare<[number | null, string, string]>(
      'UPDATE webhook_deliveries SET due_at = ?, last_error = ?, attempts = attempts + 1 WHERE id = ?',
    ),
    newest: raw.prepare<[string, number], DeliveryRow>(
      `SELECT ${DELIVERY} FROM webhook_deliveries WHERE webhook_id = ? ORDER BY created_at DESC, rowid DESC LIMIT ?`,
    ),
    // A rowid is not part of a cursor: VACUUM changes it.
    older: raw.prepare<{ webhookId: string; limit: number; id: string; createdAtMs: number }, DeliveryRow>(
      `SELECT ${DELIVERY} FROM webhook_deliveries
       WHERE webhook_id = :webhookId AND created_at <= :createdAtMs
         AND (created_at < :createdAtMs OR rowid < coalesce((SELECT rowid FROM webhook_deliveries WHERE id = :id), 1e18))
       ORDER BY created_at DESC, rowid DESC LIMIT :limit`,
    ),
    /** Of the messages of a type since a time, the one that has so many after it. */
    nthNewest: raw
      .prepare<{ webhookId: string; type: string; fromMs: number; toMs: number; skip: number }, number>(
        `SELECT created_at FROM webhook_deliveries
         WHERE webhook_id = :webhookId AND created_at > :fromMs AND created_at <= :toMs AND type = :type
         ORDER BY created_at DESC LIMIT 1 OFFSET :skip`,
      )
      .pluck(),
    repeat: raw.prepare<{ webhookId: string; id: string; nowMs: number }>(
      `UPDATE webhook_deliveries SET due_at = :nowMs, queued_at = :nowMs, delivered_at = NULL
       WHERE webhook_id = :webhookId AND id = :id`,
    ),
    trim: raw.prepare<[number]>('DELETE FROM webhook_deliveries WHERE created_at < ? AND due_at IS NULL'),
  };
}
