/** The tracked ids: when each is due, and which process is refreshing it. */
import type { TaskId } from '../../task/id.ts';
import type { RefreshOutcome, TrackedId, TrackingStore, TrackResult } from '../contract/tracking.ts';
import { MAX_DELAY_MS } from '../rules/max-delay.ts';
import { runInTransaction, type Sqlite } from './database.ts';
import { buildLimitConditions, buildWhereClause, collectParams } from './filter-sql.ts';
import type { Synchronous } from './synchronous.ts';

export interface Tracking extends Synchronous<TrackingStore> {
  /** Tracks one id inside the caller's transaction; no effect when it is already tracked. */
  add(id: TaskId, nowMs: number, dueAtMs: number): void;
  recordOutcome(outcome: RefreshOutcome): void;
  /** Releases the claims of dead processes. */
  releaseOrphans(): void;
  counts(nowMs: number): { tracked: number; due: number; givenUp: number };
}

interface TrackedRow {
  id: TaskId;
  tracked_at: number;
  due_at: number | null;
  attempts: number;
  unknown_since: number | null;
  last_error: string | null;
  gen: number;
}

/** @param server name of this process */
export function createTracking(db: Sqlite, server: string): Tracking {
  const statements = prepare(db);

  const trackOne = (id: TaskId, nowMs: number): keyof TrackResult => {
    const state = statements.taskState.get(id)?.state;
    if (state !== undefined && state !== 'pending') return 'alreadyFinished';
    if (statements.insert.run(id, nowMs, nowMs).changes > 0) return 'added';
    return statements.revive.run(nowMs, id).changes > 0 ? 'revived' : 'alreadyTracked';
  };

  return {
    track: (ids, nowMs) =>
      runInTransaction(db, () => {
        const result = { added: 0, revived: 0, alreadyTracked: 0, alreadyFinished: 0 };
        for (const id of new Set(ids)) result[trackOne(id, nowMs)] += 1;
        return result;
      }),
    add: (id, nowMs, dueAtMs) => {
      statements.insert.run(id, nowMs, dueAtMs);
    },
    untrack: (id) => statements.remove.run(id).changes > 0,
    recordOutcome: ({ claim, dueAtMs, unknownSinceMs, error }) => {
      statements.recordOutcome.run(
        dueAtMs ?? null,
        unknownSinceMs ?? null,
        error ?? null,
        claim.id,
        claim.claimVersion,
      );
    },
    tracked: ({ limit, offset, within }) => {
      const conditions = buildLimitConditions(within, 'tasks');
      const from = `tracked ${conditions.length === 0 ? '' : 'JOIN tasks USING (id)'} ${buildWhereClause(conditions)}`;
      const rows = db.raw.prepare<unknown[], TrackedRow>(
        `SELECT tracked.* FROM ${from} ORDER BY due_at IS NULL, due_at, id LIMIT ? OFFSET ?`,
      );
      const count = db.raw.prepare<unknown[], { n: number }>(`SELECT count(*) AS n FROM ${from}`);
      return {
        items: rows.all(...collectParams(conditions), limit, offset).map(mapTrackedId),
        total: count.get(...collectParams(conditions))?.n ?? 0,
      };
    },
    filterTracked: (ids) => statements.filter.all(JSON.stringify(ids)).map(({ id }) => id),
    claimDue: ({ dueBeforeMs, nowMs, limit, leaseMs }) =>
      runInTransaction(db, () => {
        statements.pullIn.run(nowMs, nowMs + MAX_DELAY_MS);
        const rows = statements.claim.all({
          until: nowMs + leaseMs,
          due: dueBeforeMs,
          now: nowMs,
          limit,
          server,
        });
        return rows.map((row) => ({
          id: row.id,
          claimVersion: row.gen,
          attempts: row.attempts,
          trackedAtMs: row.tracked_at,
          unknownSinceMs: row.unknown_since ?? undefined,
        }));
      }),
    release: (claims, { dueAtMs } = {}) =>
      runInTransaction(db, () => {
        for (const { id, claimVersion } of claims) statements.release.run(dueAtMs ?? null, id, claimVersion);
      }),
    releaseOrphans: () => {
      statements.releaseOrphans.run();
    },
    countDue: (nowMs) => statements.claimable.get({ nowMs })?.n ?? 0,
    counts: (nowMs) => ({
      tracked: statements.count.get()?.n ?? 0,
      due: statements.due.get(nowMs)?.n ?? 0,
      givenUp: statements.givenUp.get()?.n ?? 0,
    }),
  };
}

function mapTrackedId(row: TrackedRow): TrackedId {
  return {
    id: row.id,
    trackedAtMs: row.tracked_at,
    dueAtMs: row.due_at ?? undefined,
    attempts: row.attempts,
    unknownSinceMs: row.unknown_since ?? undefined,
    lastError: row.last_error ?? undefined,
  };
}

function prepare({ raw }: Sqlite) {
  return {
    taskState: raw.prepare<[string], { state: string }>('SELECT state FROM tasks WHERE id = ?'),
    insert: raw.prepare<[string, number, number]>(
      'INSERT INTO tracked (id, tracked_at, due_at) VALUES (?, ?, ?) ON CONFLICT DO NOTHING',
    ),
    revive: raw.prepare<[number, string]>(
      'UPDATE tracked SET due_at = ?, attempts = 0, unknown_since = NULL, last_error = NULL WHERE id = ? AND due_at IS NULL',
    ),
    remove: raw.prepare<[string]>('DELETE FROM tracked WHERE id = ?'),
    recordOutcome: raw.prepare<[number | null, number | null, string | null, string, number]>(
      `UPDATE tracked SET due_at = ?, unknown_since = ?, last_error = ?, attempts = attempts + 1,
         claimed_until = 0, gen = gen + 1
       WHERE id = ? AND gen = ?`,
    ),
    filter: raw.prepare<[string], { id: TaskId }>(
      'SELECT tracked.id FROM json_each(?) AS asked CROSS JOIN tracked ON tracked.id = asked.value',
    ),
    count: raw.prepare<[], { n: number }>('SELECT count(*) AS n FROM tracked'),
    givenUp: raw.prepare<[], { n: number }>('SELECT count(*) AS n FROM tracked WHERE due_at IS NULL'),
    due: raw.prepare<[number], { n: number }>('SELECT count(*) AS n FROM tracked WHERE due_at <= ?'),
    claimable: raw.prepare<[{ nowMs: number }], { n: number }>(
      'SELECT count(*) AS n FROM tracked WHERE due_at <= :nowMs AND claimed_until <= :nowMs',
    ),
    pullIn: raw.prepare<[number, number]>(
      'UPDATE tracked SET due_at = ?, claimed_until = 0 WHERE due_at > ?',
    ),
    claim: raw.prepare<
      { until: number; due: number; now: number; limit: number; server: string },
      TrackedRow
    >(
      `UPDATE tracked SET gen = gen + 1, claimed_until = :until, claimed_by = :server
       WHERE id IN (SELECT id FROM tracked WHERE due_at <= :due AND claimed_until <= :now ORDER BY due_at LIMIT :limit)
       RETURNING *`,
    ),
    release: raw.prepare<[number | null, string, number]>(
      'UPDATE tracked SET claimed_until = 0, due_at = coalesce(?, due_at) WHERE id = ? AND gen = ?',
    ),
    releaseOrphans: raw.prepare(
      `UPDATE tracked SET claimed_until = 0
       WHERE claimed_until > 0 AND (claimed_by IS NULL OR claimed_by NOT IN (SELECT name FROM servers))`,
    ),
  };
}
