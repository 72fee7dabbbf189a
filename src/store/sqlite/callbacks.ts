/** Callback addresses given to the upstream, what it posted there, and the callers to forward it to. */
import type { TaskId } from '../../task/id.ts';
import type { CallbackStats, CallbackStore, DueCallback } from '../contract/callbacks.ts';
import { MAX_DELAY_MS } from '../rules/max-delay.ts';
import { runInTransaction, type Sqlite } from './database.ts';
import type { Synchronous } from './synchronous.ts';

/** A row as SQLite returns it. */
type Nullable<Row, Key extends keyof Row> = Omit<Row, Key> & {
  [K in Key]: Exclude<Row[K], undefined> | null;
};

/** How long a record is kept, which is also how late the upstream may call. */
const RETENTION_MS = 30 * 86_400_000;

export function createCallbackStore(db: Sqlite): Synchronous<CallbackStore> {
  const { raw } = db;
  const add = raw.prepare<[string, string | null, number]>(
    'INSERT INTO callbacks (key, target, asked_at) VALUES (?, ?, ?)',
  );
  const trim = raw.prepare<[number]>('DELETE FROM callbacks WHERE asked_at < ? AND due_at IS NULL');
  const setTask = raw.prepare<[string, string]>('UPDATE callbacks SET task_id = ? WHERE key = ?');
  const byKey = raw.prepare<[string], { taskId: TaskId | null }>(
    'SELECT task_id AS taskId FROM callbacks WHERE key = ?',
  );
  const receive = raw.prepare<{ key: string; body: Uint8Array; mediaType: string; nowMs: number }>(
    `UPDATE callbacks SET body = CASE WHEN target IS NULL THEN NULL ELSE :body END, media_type = :mediaType,
       received_at = :nowMs, due_at = CASE WHEN target IS NULL THEN NULL ELSE :nowMs END
     WHERE key = :key AND received_at IS NULL`,
  );
  const due = raw.prepare<{ nowMs: number; limit: number; until: number }, Nullable<DueCallback, 'taskId'>>(
    `UPDATE callbacks SET due_at = :until
     WHERE key IN (SELECT key FROM callbacks WHERE due_at <= :nowMs ORDER BY due_at LIMIT :limit)
     RETURNING key, target, task_id AS taskId, body, media_type AS mediaType, attempts, received_at AS receivedAtMs`,
  );
  const isDue = raw
    .prepare<{ nowMs: number; latestMs: number }, number>(
      `SELECT EXISTS (SELECT 1 FROM callbacks WHERE due_at <= :nowMs)
         OR EXISTS (SELECT 1 FROM callbacks WHERE due_at > :latestMs)`,
    )
    .pluck();
  // Also since when it is tried: it would be tried for as long.
  const pullIn = raw.prepare<{ nowMs: number; latestMs: number }>(
    'UPDATE callbacks SET due_at = :nowMs, received_at = min(received_at, :nowMs) WHERE due_at > :latestMs',
  );
  // The body is no longer needed once it is delivered or given up, or if nobody is to be told.
  const delivered = raw.prepare<[number, string]>(
    'UPDATE callbacks SET due_at = NULL, body = NULL, last_error = NULL, attempts = attempts + 1, delivered_at = ? WHERE key = ?',
  );
  // Not if its task was forgotten while it was sent.
  const failed = raw.prepare<{ key: string; dueAtMs: number | null; error: string }>(
    `UPDATE callbacks SET due_at = :dueAtMs, body = CASE WHEN :dueAtMs IS NULL THEN NULL ELSE body END, last_error = :error,
       attempts = attempts + 1 WHERE key = :key AND due_at IS NOT NULL`,
  );
  const stats = raw.prepare<[], CallbackStats>(
    `SELECT count(*) FILTER (WHERE received_at IS NULL) AS waiting,
       count(*) FILTER (WHERE due_at IS NOT NULL) AS undelivered,
       count(*) FILTER (WHERE delivered_at IS NOT NULL) AS delivered,
       count(*) FILTER (WHERE due_at IS NULL AND last_error IS NOT NULL) AS givenUp,
       max(last_error) AS lastError FROM callbacks`,
  );
  return {
    addCallback: ({ key, target, nowMs }) =>
      runInTransaction(db, () => {
        trim.run(nowMs - RETENTION_MS);
        add.run(key, target ?? null, nowMs);
      }),
    setCallbackTask: (key, taskId) => {
      setTask.run(taskId, key);
    },
    callback: (key) => {
      const known = byKey.get(key);
      return known && { taskId: known.taskId ?? undefined };
    },
    receiveCallback: (key, received) => receive.run({ key, ...received }).changes > 0,
    claimCallbacks: ({ nowMs, limit, leaseMs }) => {
      // Polled every second, almost always without a result: that must not wait for a writer.
      const times = { nowMs, latestMs: nowMs + MAX_DELAY_MS };
      if (isDue.get(times) === 0) return [];
      const rows = runInTransaction(db, () => {
        pullIn.run(times);
        return due.all({ nowMs, limit, until: nowMs + leaseMs });
      });
      return rows.map((row) => ({ ...row, taskId: row.taskId ?? undefined }));
    },
    recordCallbackOutcome: (key, end) => {
      if ('deliveredAtMs' in end) delivered.run(end.deliveredAtMs, key);
      else failed.run({ key, dueAtMs: end.dueAtMs ?? null, error: end.error });
    },
    callbackStats: () => {
      const { lastError, ...counts } = stats.get() as CallbackStats; // an aggregate always returns one row
      return { ...counts, lastError: lastError ?? undefined };
    },
  };
}

/**
 * Inside the caller's transaction: tasks are forgotten. What is still to be delivered of them is not: it has their prompts, and to
 * check it, they would be fetched again.
 */
export function createCallbackForgetter({ raw }: Pick<Sqlite, 'raw'>): (ids: readonly TaskId[]) => void {
  const forget = raw.prepare<[string]>(
    `UPDATE callbacks SET due_at = NULL, body = NULL, last_error = 'its task was forgotten'
     WHERE due_at IS NOT NULL AND task_id IN (SELECT value FROM json_each(?))`,
  );
  return (ids) => void forget.run(JSON.stringify(ids));
}
