/** The tracked ids: when each is due, and which process is refreshing it. */
import { uniqueBy } from '../../lib/unique-by.ts';
import type { TaskId } from '../../task/id.ts';
import type { Claim, RefreshOutcome, TrackedId, TrackingStore } from '../contract/tracking.ts';
import { MAX_DELAY_MS } from '../rules/max-delay.ts';
import { buildWhereClause, collectParams, numberParams } from './conditions.ts';
import type { Postgres, Queryable } from './database.ts';
import { buildLimitConditions } from './filter-sql.ts';
import { buildRows } from './rows.ts';
import { runInTransaction } from './transaction.ts';

/** The columns of a TrackedId. */
const TRACKED_ID = `tracked.id AS id, tracked_at AS "trackedAtMs", due_at AS "dueAtMs", attempts, unknown_since AS "unknownSinceMs",
  last_error AS "lastError"`;

type Row<T> = { [Name in keyof T]: undefined extends T[Name] ? Exclude<T[Name], undefined> | null : T[Name] };

export function createTrackingStore(db: Postgres): TrackingStore {
  return {
    track: (ids, nowMs) =>
      runInTransaction(db, { ids, isRepeatable: true }, async (tx) => {
        const finished = await readFinished(tx, ids);
        const wanted = [...new Set(ids)].filter((id) => !finished.has(id));
        const added = await addTracked(tx, wanted, { nowMs, dueAtMs: nowMs });
        const revived = await tx.execute(
          `UPDATE tracked SET due_at = $2, attempts = 0, unknown_since = NULL, last_error = NULL
           WHERE id = ANY($1::text[]) AND due_at IS NULL`,
          [wanted, nowMs],
        );
        const alreadyTracked = wanted.length - added - revived;
        return { added, revived, alreadyTracked, alreadyFinished: finished.size };
      }),
    untrack: (id) =>
      runInTransaction(db, { ids: [id] }, async (tx) => (await removeTracked(tx, [id])).size > 0),
    tracked: async ({ limit, offset, within }) => {
      const conditions = buildLimitConditions(within, 'tasks');
      const join = conditions.length === 0 ? '' : 'JOIN tasks ON tasks.id = tracked.id';
      const from = `FROM tracked ${join} ${buildWhereClause(conditions)}`;
      const params = collectParams(conditions);
      const items = await db.read<Row<TrackedId>>(
        numberParams(
          `SELECT ${TRACKED_ID} ${from} ORDER BY due_at NULLS LAST, tracked.id LIMIT ?::bigint OFFSET ?::bigint`,
        ),
        [...params, limit, offset],
      );
      const [count] = await db.read<{ n: number }>(numberParams(`SELECT count(*) AS n ${from}`), params);
      return { items: items.map(mapTrackedId), total: count?.n ?? 0 };
    },
    filterTracked: async (ids) => {
      const rows = await db.read<{ id: TaskId }>('SELECT id FROM tracked WHERE id = ANY($1::text[])', [ids]);
      const tracked = new Set(rows.map(({ id }) => id));
      return ids.filter((id) => tracked.has(id));
    },
    claimDue: ({ dueBeforeMs, nowMs, limit, leaseMs }) =>
      runInTransaction(db, {}, async (tx) => {
        await tx.execute('UPDATE tracked SET due_at = $1, claimed_until = 0 WHERE due_at > $2', [
          nowMs,
          nowMs + MAX_DELAY_MS,
        ]);
        const rows = await tx.query<Row<Claim>>(
          `WITH due AS MATERIALIZED (
             SELECT id FROM tracked WHERE due_at <= $1 AND claimed_until <= $2
             ORDER BY due_at, id LIMIT $3 FOR UPDATE SKIP LOCKED)
           UPDATE tracked SET claim_version = claim_version + 1, claimed_until = $4, claimed_by = $5
           FROM due WHERE tracked.id = due.id
           RETURNING tracked.id AS id, claim_version AS "claimVersion", attempts, tracked_at AS "trackedAtMs",
             unknown_since AS "unknownSinceMs"`,
          [dueBeforeMs, nowMs, limit, nowMs + leaseMs, db.server],
        );
        return rows.map((row): Claim => ({ ...row, unknownSinceMs: row.unknownSinceMs ?? undefined }));
      }),
    release: async (claims, { dueAtMs } = {}) => {
      if (claims.length === 0) return;
      const released = buildRows(
        'released',
        {
          id: ['text', ({ id }) => id],
          claim_version: ['bigint', ({ claimVersion }) => claimVersion],
        },
        claims,
      );
      const ids = claims.map(({ id }) => id);
      await runInTransaction(db, { ids, isRepeatable: true }, (tx) =>
        tx.execute(
          numberParams(
            `UPDATE tracked SET claimed_until = 0, due_at = coalesce(?::bigint, due_at) FROM ${released.sql}
             WHERE tracked.id = released.id AND tracked.claim_version = released.claim_version`,
          ),
          [dueAtMs ?? null, ...released.params],
        ),
      );
    },
    countDue: async (nowMs) => {
      const [row] = await db.read<{ n: number }>(
        'SELECT count(*) AS n FROM tracked WHERE due_at <= $1 AND claimed_until <= $1',
        [nowMs],
      );
      return row?.n ?? 0;
    },
  };
}

/** In a transaction that holds the ids: tracks those that are not tracked yet. @returns how many */
export async function addTracked(
  tx: Queryable,
  ids: readonly string[],
  { nowMs, dueAtMs }: { nowMs: number; dueAtMs: number },
): Promise<number> {
  if (ids.length === 0) return 0;
  return tx.execute(
    `INSERT INTO tracked (id, tracked_at, due_at) SELECT id, $2, $3 FROM unnest($1::text[]) AS added (id)
     ON CONFLICT DO NOTHING`,
    [ids, nowMs, dueAtMs],
  );
}

/** In a transaction that holds the ids. @returns those that were tracked */
export async function removeTracked(tx: Queryable, ids: readonly string[]): Promise<ReadonlySet<string>> {
  if (ids.length === 0) return new Set();
  const rows = await tx.query<{ id: string }>('DELETE FROM tracked WHERE id = ANY($1::text[]) RETURNING id', [
    ids,
  ]);
  return new Set(rows.map(({ id }) => id));
}

/** In a transaction that holds their ids: ends claims. Those of older claims have no effect. */
export async function recordOutcomes(tx: Queryable, outcomes: readonly RefreshOutcome[]): Promise<void> {
  if (outcomes.length === 0) return;
  // Of several outcomes of one claim, the first one ends it. A statement with all of them would use any.
  const first = uniqueBy(outcomes, ({ claim: { id, claimVersion } }) => `${claimVersion} ${id}`);
  const { sql, params } = buildRows(
    'outcome',
    {
      id: ['text', ({ claim }) => claim.id],
      claim_version: ['bigint', ({ claim }) => claim.claimVersion],
      due_at: ['bigint', ({ dueAtMs }) => dueAtMs ?? null],
      unknown_since: ['bigint', ({ unknownSinceMs }) => unknownSinceMs ?? null],
      last_error: ['text', ({ error }) => error ?? null],
    },
    first,
  );
  await tx.execute(
    numberParams(
      `UPDATE tracked SET due_at = outcome.due_at, unknown_since = outcome.unknown_since, last_error = outcome.last_error,
         attempts = attempts + 1, claimed_until = 0, claim_version = tracked.claim_version + 1
       FROM ${sql} WHERE tracked.id = outcome.id AND tracked.claim_version = outcome.claim_version`,
    ),
    params,
  );
}

/** Releases the claims of processes that are not alive. */
export async function releaseOrphanedClaims(tx: Queryable): Promise<void> {
  await tx.execute(
    `UPDATE tracked SET claimed_until = 0
     WHERE claimed_until > 0 AND NOT EXISTS (SELECT 1 FROM servers WHERE servers.name = tracked.claimed_by)`,
  );
}

export async function countTracked(
  db: Queryable,
  nowMs: number,
): Promise<{ tracked: number; due: number; givenUp: number }> {
  const [row] = await db.query<{ tracked: number; due: number; givenUp: number }>(
    `SELECT count(*) AS tracked, count(*) FILTER (WHERE due_at <= $1) AS due,
       count(*) FILTER (WHERE due_at IS NULL) AS "givenUp" FROM tracked`,
    [nowMs],
  );
  return row ?? { tracked: 0, due: 0, givenUp: 0 };
}

async function readFinished(tx: Queryable, ids: readonly string[]): Promise<ReadonlySet<string>> {
  const rows = await tx.query<{ id: string }>(
    `SELECT id FROM tasks WHERE id = ANY($1::text[]) AND state <> 'pending'`,
    [ids],
  );
  return new Set(rows.map(({ id }) => id));
}

function mapTrackedId(row: Row<TrackedId>): TrackedId {
  return {
    ...row,
    dueAtMs: row.dueAtMs ?? undefined,
    unknownSinceMs: row.unknownSinceMs ?? undefined,
    lastError: row.lastError ?? undefined,
  };
}
