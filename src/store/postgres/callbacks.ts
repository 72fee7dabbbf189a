/** Callback addresses given to the upstream, what it posted there, and the callers to forward it to. */
import { and, eq, isNotNull, isNull, lt, type SQL, sql } from 'drizzle-orm';
import type { TaskId } from '../../task/id.ts';
import type { CallbackStats, CallbackStore, DueCallback } from '../contract/callbacks.ts';
import { MAX_DELAY_MS } from '../rules/max-delay.ts';
import type { Postgres, Queryable } from './database.ts';
import { callbacks } from './schema/webhooks.ts';
import { runInTransaction } from './transaction.ts';

/** How long a record is kept, which is also how late the upstream may call. */
const RETENTION_MS = 30 * 86_400_000;

export function createCallbackStore(db: Postgres): CallbackStore {
  return {
    addCallback: ({ key, target, nowMs }) =>
      runInTransaction(db, {}, async ({ drizzle }) => {
        const isOld = lt(callbacks.askedAt, nowMs - RETENTION_MS);
        await drizzle.delete(callbacks).where(and(isOld, isNull(callbacks.dueAt)));
        await drizzle.insert(callbacks).values({ key, target: target ?? null, askedAt: nowMs });
      }),
    setCallbackTask: (key, taskId) =>
      runInTransaction(db, { isRepeatable: true }, async ({ drizzle }) => {
        await drizzle.update(callbacks).set({ taskId }).where(eq(callbacks.key, key));
      }),
    callback: async (key) => {
      const [known] = await db.drizzle
        .select({ taskId: callbacks.taskId })
        .from(callbacks)
        .where(eq(callbacks.key, key));
      return known && { taskId: (known.taskId ?? undefined) as TaskId | undefined }; // written only by setCallbackTask
    },
    receiveCallback: (key, { body, mediaType, nowMs }) =>
      runInTransaction(db, {}, async ({ drizzle }) => {
        const ifTold = (value: SQL) => sql`CASE WHEN ${callbacks.target} IS NULL THEN NULL ELSE ${value} END`;
        const received = await drizzle
          .update(callbacks)
          .set({
            ...{ body: ifTold(sql`${Buffer.from(body)}::bytea`), mediaType, receivedAt: nowMs },
            dueAt: ifTold(sql`${nowMs}::bigint`),
          })
          .where(and(eq(callbacks.key, key), isNull(callbacks.receivedAt)))
          .returning({ key: callbacks.key });
        return received.length > 0;
      }),
    claimCallbacks: async ({ nowMs, limit, leaseMs }) => {
      // Polled every second, almost always without a result: no transaction for that.
      const times = [nowMs, nowMs + MAX_DELAY_MS];
      const [due] = await db.read<{ isAny: boolean }>(IS_ANY_DUE, times);
      if (!due?.isAny) return [];
      const rows = await runInTransaction(db, {}, async (tx) => {
        await tx.execute(PULL_IN, times);
        return tx.query<Omit<DueCallback, 'taskId'> & { taskId: TaskId | null }>(
          `WITH due AS MATERIALIZED (
             SELECT key FROM callbacks WHERE due_at <= $1 ORDER BY due_at LIMIT $2 FOR UPDATE SKIP LOCKED)
           UPDATE callbacks SET due_at = $3 FROM due WHERE callbacks.key = due.key
           RETURNING callbacks.key AS key, target, task_id AS "taskId", body, media_type AS "mediaType", attempts,
             received_at AS "receivedAtMs"`,
          [nowMs, limit, nowMs + leaseMs],
        );
      });
      return rows.map((row): DueCallback => ({ ...row, taskId: row.taskId ?? undefined }));
    },
    recordCallbackOutcome: (key, end) =>
      runInTransaction(db, {}, async ({ drizzle }) => {
        // The body is no longer needed once it is delivered or given up, or if nobody is to be told.
        const isOver = 'deliveredAtMs' in end || end.dueAtMs === undefined;
        const outcome =
          'deliveredAtMs' in end
            ? { dueAt: null, lastError: null, deliveredAt: end.deliveredAtMs }
            : { dueAt: end.dueAtMs ?? null, lastError: end.error };
        // A failure is none if its task was forgotten while it was sent.
        const isTold = 'deliveredAtMs' in end ? undefined : isNotNull(callbacks.dueAt);
        await drizzle
          .update(callbacks)
          .set({ ...outcome, ...(isOver ? { body: null } : {}), attempts: sql`${callbacks.attempts} + 1` })
          .where(and(eq(callbacks.key, key), isTold));
      }),
    callbackStats: async () => {
      const [stats] = await db.read<Omit<CallbackStats, 'lastError'> & { lastError: string | null }>(
        `SELECT count(*) FILTER (WHERE received_at IS NULL) AS waiting,
           count(*) FILTER (WHERE due_at IS NOT NULL) AS undelivered,
           count(*) FILTER (WHERE delivered_at IS NOT NULL) AS delivered,
           count(*) FILTER (WHERE due_at IS NULL AND last_error IS NOT NULL) AS "givenUp",
           max(last_error) AS "lastError" FROM callbacks`,
      );
      const { lastError = null, ...counts } = stats ?? EMPTY_STATS;
      return { ...counts, lastError: lastError ?? undefined };
    },
  };
}

const IS_ANY_DUE = `SELECT EXISTS (SELECT 1 FROM callbacks WHERE due_at <= $1)
  OR EXISTS (SELECT 1 FROM callbacks WHERE due_at > $2) AS "isAny"`;

/** What a wrong clock has queued far ahead is due; also since when it is tried: it would be tried for as long. */
const PULL_IN = `UPDATE callbacks SET due_at = $1, received_at = least(received_at, $1)
  WHERE key IN (SELECT key FROM callbacks WHERE due_at > $2 FOR UPDATE SKIP LOCKED)`;

/**
 * In a transaction that holds the ids: tasks are forgotten. What is still to be delivered of them is not: it has their prompts, and to
 * check it, they would be fetched again.
 */
export async function forgetCallbacks(tx: Queryable, ids: readonly TaskId[]): Promise<void> {
  await tx.execute(
    `UPDATE callbacks SET due_at = NULL, body = NULL, last_error = 'its task was forgotten'
     WHERE due_at IS NOT NULL AND task_id = ANY($1::text[])`,
    [ids],
  );
}

const EMPTY_STATS = { waiting: 0, undelivered: 0, delivered: 0, givenUp: 0, lastError: null };
