/**
 * What processes fetch, as rows that expire. Not as advisory locks: those would hold a connection for as long as the upstream takes.
 */
import { FETCH_NOTE_MS, type FetchingStore } from '../contract/fetching.ts';
import type { Postgres, Queryable } from './database.ts';

/** Keys that are being fetched are only looked at, since those who wait ask often. Sorted, so that no two wait for each other. */
const BEGIN = `WITH mine AS (
    INSERT INTO fetching (key, holder, until)
    SELECT key, $2, $4 FROM unnest($1::text[]) AS wanted (key)
    WHERE NOT EXISTS (SELECT 1 FROM fetching AS held WHERE held.key = wanted.key AND held.until > $3)
    ORDER BY key
    ON CONFLICT (key) DO UPDATE SET holder = excluded.holder, until = excluded.until, answer = NULL
      WHERE fetching.until <= $3
    RETURNING key)
  SELECT key, NULL AS note FROM mine
  UNION ALL
  SELECT key, answer FROM fetching WHERE key = ANY($1::text[]) AND until > $3 AND answer IS NOT NULL`;

/** Of the keys that are still this process's. */
const HELD = `SELECT key FROM fetching WHERE key = ANY($1::text[]) AND holder = $2 AND answer IS NULL
  ORDER BY key FOR UPDATE`;

export function createFetchingStore(db: Postgres): FetchingStore {
  return {
    beginFetch: async (keys, { nowMs, leaseMs }) => {
      const rows = await db.query<{ key: string; note: string | null }>(BEGIN, [
        [...new Set(keys)],
        db.server,
        nowMs,
        nowMs + leaseMs,
      ]);
      const mine = rows.filter(({ note }) => note === null).map(({ key }) => key);
      const notes = rows.flatMap(({ key, note }) => (note === null ? [] : [[key, note] as const]));
      return { mine: new Set(mine), notes: new Map(notes) };
    },
    endFetch: async (keys, { nowMs, note }) => {
      if (note === undefined)
        await db.execute(`DELETE FROM fetching WHERE key IN (${HELD})`, [keys, db.server]);
      else
        await db.execute(`UPDATE fetching SET answer = $3, until = $4 WHERE key IN (${HELD})`, [
          ...[keys, db.server],
          ...[note, nowMs + FETCH_NOTE_MS],
        ]);
    },
  };
}

/** Removes what nobody waits for any more: leases and notes that are over, and leases of processes that are not alive. */
export async function removeExpiredFetches(tx: Queryable, nowMs: number): Promise<void> {
  await tx.execute(
    `DELETE FROM fetching WHERE key IN (
       SELECT key FROM fetching
       WHERE until <= $1 OR NOT EXISTS (SELECT 1 FROM servers WHERE servers.name = fetching.holder)
       FOR UPDATE SKIP LOCKED)`,
    [nowMs],
  );
}
