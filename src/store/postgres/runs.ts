/** The record of every sync run. */
import { and, desc, eq, lte, notExists, sql } from 'drizzle-orm';
import { createEmptyCounts, type RunStore } from '../contract/runs.ts';
import { decodeReadable, encodeCounts } from '../rules/run-record.ts';
import type { Postgres, Queryable } from './database.ts';
import { runs, servers } from './schema/processes.ts';
import { runInTransaction } from './transaction.ts';

/** How many runs are kept; at one run every 15 seconds this is about three weeks. */
const MAX_RUNS = 100_000;

export function createRunStore(db: Postgres): RunStore {
  return {
    startRun: ({ trigger, startedAtMs }) =>
      runInTransaction(db, {}, async ({ drizzle }) => {
        const counts = encodeCounts(createEmptyCounts());
        const [run] = await drizzle
          .insert(runs)
          .values({ trigger, startedAt: startedAtMs, outcome: 'running', counts, server: db.server })
          .returning({ id: runs.id });
        const id = run?.id ?? 0;
        await drizzle.delete(runs).where(lte(runs.id, id - MAX_RUNS));
        return id;
      }),
    endRun: (id, { endedAtMs, outcome, counts, error }) =>
      runInTransaction(db, { isRepeatable: true }, async ({ drizzle }) => {
        await drizzle
          .update(runs)
          .set({ endedAt: endedAtMs, outcome, counts: encodeCounts(counts), error: error ?? null })
          .where(eq(runs.id, id));
      }),
    runs: async (limit) =>
      (await db.drizzle.select().from(runs).orderBy(desc(runs.id)).limit(limit)).map(decodeReadable),
  };
}

/** Marks the open runs of processes that are not alive as interrupted. */
export async function closeInterruptedRuns({ drizzle }: Pick<Queryable, 'drizzle'>): Promise<void> {
  const starter = drizzle.select({ found: sql`1` }).from(servers).where(eq(servers.name, runs.server));
  await drizzle
    .update(runs)
    .set({ outcome: 'interrupted' })
    .where(and(eq(runs.outcome, 'running'), notExists(starter)));
}
