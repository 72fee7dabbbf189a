/** The record of every sync run. */
import { and, desc, eq, isNull, notInArray, or } from 'drizzle-orm';
import { createEmptyCounts, type RunStore } from '../contract/runs.ts';
import { decodeReadable, encodeCounts } from '../rules/run-record.ts';
import type { Sqlite } from './database.ts';
import { runs, servers } from './schema.ts';
import type { Synchronous } from './synchronous.ts';

export interface SqliteRuns extends Synchronous<RunStore> {
  /** Marks the open runs of dead processes as interrupted. */
  closeInterrupted(): void;
}

/** How many runs are kept; at one run every 15 seconds this is about three weeks. */
const MAX_RUNS = 100_000;

/** @param server name of this process */
export function createRunStore({ drizzle, raw }: Sqlite, server: string): SqliteRuns {
  const trim = raw.prepare('DELETE FROM sync_runs WHERE id <= (SELECT max(id) FROM sync_runs) - ?');
  return {
    startRun: ({ trigger, startedAtMs }) => {
      trim.run(MAX_RUNS);
      const { lastInsertRowid } = drizzle
        .insert(runs)
        .values({
          trigger,
          startedAt: startedAtMs,
          outcome: 'running',
          counts: encodeCounts(createEmptyCounts()),
          server,
        })
        .run();
      return Number(lastInsertRowid);
    },
    endRun: (id, { endedAtMs, outcome, counts, error }) => {
      drizzle
        .update(runs)
        .set({ endedAt: endedAtMs, outcome, counts: encodeCounts(counts), error: error ?? null })
        .where(eq(runs.id, id))
        .run();
    },
    runs: (limit) =>
      drizzle.select().from(runs).orderBy(desc(runs.id)).limit(limit).all().map(decodeReadable),
    closeInterrupted: () => {
      const alive = drizzle.select({ name: servers.name }).from(servers);
      drizzle
        .update(runs)
        .set({ outcome: 'interrupted' })
        .where(and(eq(runs.outcome, 'running'), or(isNull(runs.server), notInArray(runs.server, alive))))
        .run();
    },
  };
}
