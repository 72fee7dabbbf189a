/** Messages to webhooks as rows: queued, claimed by one server each, and what became of them. */
import type { TaskId } from '../../../task/id.ts';
import type { DueDelivery, MessageType, WebhookDelivery, WebhookStore } from '../../contract/webhooks.ts';
import { MAX_DELAY_MS } from '../../rules/max-delay.ts';
import { type DeliveryRow, parseDeliveryRow } from '../../rules/webhook-row.ts';
import { numberParams } from '../conditions.ts';
import type { Postgres, Queryable } from '../database.ts';
import { buildRows, type ColumnOf } from '../rows.ts';
import { webhookDeliveries } from '../schema/webhooks.ts';
import { selectColumns } from '../select-columns.ts';
import { runInTransaction } from '../transaction.ts';

export interface NewDelivery {
  readonly id: string;
  readonly webhookId: string;
  readonly type: MessageType;
  /** Of a message about one task. */
  readonly taskId?: TaskId;
  /** Of a message about several. */
  readonly taskIds?: readonly TaskId[];
  readonly data?: Readonly<Record<string, unknown>>;
  readonly createdAtMs: number;
  readonly dueAtMs: number;
}

/** Of PostgreSQL's bigint. */
const MAX_ARRIVAL = '9223372036854775807';
const DELIVERY = selectColumns(webhookDeliveries);

const NEW_COLUMNS: Readonly<Record<string, ColumnOf<NewDelivery>>> = {
  id: ['text', ({ id }) => id],
  webhook_id: ['text', ({ webhookId }) => webhookId],
  type: ['text', ({ type }) => type],
  task_id: ['text', ({ taskId = null }) => taskId],
  task_ids: ['text', ({ taskIds = [] }) => JSON.stringify(taskIds)],
  data: ['text', ({ data = {} }) => JSON.stringify(data)],
  created_at: ['bigint', ({ createdAtMs }) => createdAtMs],
  queued_at: ['bigint', ({ dueAtMs }) => dueAtMs],
  due_at: ['bigint', ({ dueAtMs }) => dueAtMs],
};
const NEW_NAMES = Object.keys(NEW_COLUMNS).join(', ');

/** In a transaction that holds SAVED_SEARCH_LOCKS: queues messages, in this order. */
export async function insertDeliveries(tx: Queryable, deliveries: readonly NewDelivery[]): Promise<void> {
  if (deliveries.length === 0) return;
  const { sql, params } = buildRows('added', NEW_COLUMNS, deliveries);
  await tx.execute(
    numberParams(
      `INSERT INTO webhook_deliveries (${NEW_NAMES}) SELECT ${NEW_NAMES} FROM ${sql} ORDER BY position`,
    ),
    params,
  );
}

const IS_ANY_DUE = `SELECT EXISTS (SELECT 1 FROM webhook_deliveries WHERE due_at <= $1)
  OR EXISTS (SELECT 1 FROM webhook_deliveries WHERE due_at > $2) AS "isAny"`;

/** What a wrong clock has queued far ahead is due; also since when it is tried: it would be tried for as long. */
const PULL_IN = `UPDATE webhook_deliveries SET due_at = $1, queued_at = least(queued_at, $1)
  WHERE id IN (SELECT id FROM webhook_deliveries WHERE due_at > $2 FOR UPDATE SKIP LOCKED)`;

/** Of each webhook the one that is due for the longest time. Those that another server is claiming are left to it. */
const CLAIM = `WITH longest AS MATERIALIZED (
    SELECT DISTINCT ON (webhook_id) id FROM webhook_deliveries
    WHERE due_at <= $1 AND webhook_id <> ALL($4::text[]) ORDER BY webhook_id, due_at, arrival
  ), due AS MATERIALIZED (
    SELECT id, due_at FROM webhook_deliveries WHERE id IN (SELECT id FROM longest) AND due_at <= $1
    ORDER BY due_at, arrival LIMIT $2 FOR UPDATE SKIP LOCKED
  ), claimed AS (
    UPDATE webhook_deliveries SET due_at = $3 FROM due WHERE webhook_deliveries.id = due.id
    RETURNING ${DELIVERY}, due.due_at AS "wasDueAt"
  )
  SELECT claimed.*, webhooks.url, webhooks.secret, saved_searches.id AS "searchId", saved_searches.name AS "searchName"
  FROM claimed JOIN webhooks ON webhooks.id = claimed."webhookId"
    LEFT JOIN saved_searches ON saved_searches.id = webhooks.saved_search_id
  ORDER BY claimed."wasDueAt", claimed.arrival`;

interface ClaimedRow extends DeliveryRow {
  readonly url: string;
  readonly secret: string;
  readonly searchId: string | null;
  readonly searchName: string | null;
}

/** Nobody waits for what these change: other processes need not be told. */
const BY_ITSELF = { isSilent: true, isRepeatable: true };

export function createDeliveryStore(
  db: Postgres,
): Pick<
  WebhookStore,
  'claimDeliveries' | 'recordDeliveryOutcome' | 'deliveries' | 'repeatDelivery' | 'trimDeliveries'
> {
  return {
    claimDeliveries: async ({ nowMs, limit, leaseMs, busy }) => {
      const times = [nowMs, nowMs + MAX_DELAY_MS];
      // Polled every second by every server, almost always without a result.
      const [due] = await db.read<{ isAny: boolean }>(IS_ANY_DUE, times);
      if (!due?.isAny) return [];
      const rows = await runInTransaction(db, { isSilent: true }, async (tx) => {
        await tx.execute(PULL_IN, times);
        return tx.query<ClaimedRow>(CLAIM, [nowMs, limit, nowMs + leaseMs, busy]);
      });
      return rows.map(parseClaimedRow);
    },
    recordDeliveryOutcome: async (id, end) => {
      const [deliveredAtMs, dueAtMs, error] =
        'deliveredAtMs' in end ? [end.deliveredAtMs, null, null] : [null, end.dueAtMs ?? null, end.error];
      await runInTransaction(db, BY_ITSELF, (tx) =>
        tx.execute(
          `UPDATE webhook_deliveries SET due_at = $2, last_error = $3, attempts = attempts + 1,
             delivered_at = coalesce($4, delivered_at) WHERE id = $1`,
          [id, dueAtMs, error, deliveredAtMs],
        ),
      );
    },
    deliveries: async (webhookId, limit, after) => {
      // Of a cursor whose delivery is gone, those of the same time come again.
      const older = `AND (created_at, arrival) < ($3, coalesce((SELECT arrival FROM webhook_deliveries WHERE id = $4), ${MAX_ARRIVAL}))`;
      const rows = await db.read<DeliveryRow>(
        `SELECT ${DELIVERY} FROM webhook_deliveries WHERE webhook_id = $1 ${after ? older : ''}
         ORDER BY created_at DESC, arrival DESC LIMIT $2`,
        [webhookId, limit, ...(after ? [after.createdAtMs, after.id] : [])],
      );
      return rows.map(parseDeliveryRow);
    },
    repeatDelivery: (webhookId, id, nowMs) =>
      runInTransaction(db, { isRepeatable: true }, async (tx) => {
        const [row] = await tx.query<DeliveryRow>(
          `UPDATE webhook_deliveries SET due_at = $3, queued_at = $3, delivered_at = NULL
           WHERE webhook_id = $1 AND id = $2 RETURNING ${DELIVERY}`,
          [webhookId, id, nowMs],
        );
        return row && parseDeliveryRow(row);
      }),
    trimDeliveries: async (beforeMs) => {
      // Those that somebody else is changing are removed the next time.
      await runInTransaction(db, BY_ITSELF, (tx) =>
        tx.execute(
          `DELETE FROM webhook_deliveries WHERE id IN (
             SELECT id FROM webhook_deliveries WHERE created_at < $1 AND due_at IS NULL FOR UPDATE SKIP LOCKED)`,
          [beforeMs],
        ),
      );
    },
  };
}

/** Undefined if there is no such delivery. */
export async function findDelivery(
  { query }: Pick<Queryable, 'query'>,
  id: string,
): Promise<WebhookDelivery | undefined> {
  const [row] = await query<DeliveryRow>(`SELECT ${DELIVERY} FROM webhook_deliveries WHERE id = $1`, [id]);
  return row && parseDeliveryRow(row);
}

function parseClaimedRow(row: ClaimedRow): DueDelivery {
  const { url, secret, searchId, searchName } = row;
  const savedSearch = searchId === null ? undefined : { id: searchId, name: searchName ?? '' };
  return { ...parseDeliveryRow(row), url, secret, savedSearch };
}
