/** Totals for people and monitors. */
import type { Stats } from '../contract/health.ts';
import { countByState } from './counts.ts';
import type { Postgres } from './database.ts';
import { countTracked } from './tracking.ts';

/** @param nowMs epoch milliseconds, to count what is due */
export async function readStats(db: Postgres, nowMs: number): Promise<Stats> {
  const byState = await countByState(db);
  const [bounds] = await db.read<{ oldestMs: number | null; newestMs: number | null; diskBytes: number }>(
    `SELECT min(created_at) AS "oldestMs", max(created_at) AS "newestMs",
       pg_database_size(current_database()) AS "diskBytes" FROM tasks`,
  );
  return {
    total: byState.pending + byState.succeeded + byState.failed,
    byState,
    oldestMs: bounds?.oldestMs ?? undefined,
    newestMs: bounds?.newestMs ?? undefined,
    ...(await countTracked(db, nowMs)),
    diskBytes: bounds?.diskBytes ?? 0,
  };
}
