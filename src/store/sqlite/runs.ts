/** The record of every sync run. */
import { and, desc, eq, isNull, notInArray, or } from 'drizzle-orm';
import type { Run, RunCounts, RunOutcome, RunTrigger } from '../contract/runs.ts';
import type { Sqlite } from './database.ts';
import { runs, servers } from './schema.ts';

export interface RunStore {
  startRun(run: { trigger: RunTrigger; startedAtMs: number }): number;
  endRun(
    id: number,
    end: { endedAtMs: number; outcome: RunOutcome; counts: RunCounts; error?: string },
  ): void;
  runs(limit: number): Run[];
  /** Marks runs that processes left open that are not alive. */
  closeInterrupted(): void;
}

/** How many runs are kept; at one run every 15 seconds this is about three weeks. */
const KEPT_RUNS = 100_000;

/** @param server name of this process */
export function createRunStore({ drizzle, raw }: Sqlite, server: string): RunStore {
  const trim = raw.prepare('DELETE FROM sync_runs WHERE id <= (SELECT max(id) FROM sync_runs) - ?');
  return {
    startRun: ({ trigger, startedAtMs }) => {
      trim.run(KEPT_RUNS);
      const { lastInsertRowid } = drizzle
        .insert(runs)
        .values({
          trigger,
          startedAt: startedAtMs,
          outcome: 'running',
          counts: JSON.stringify(noCounts()),
          server,
        })
        .run();
      return Number(lastInsertRowid);
    },
    endRun: (id, { endedAtMs, outcome, counts, error }) => {
      drizzle
        .update(runs)
        .set({ endedAt: endedAtMs, outcome, counts: JSON.stringify(counts), error: error ?? null })
        .where(eq(runs.id, id))
        .run();
    },
    runs: (limit) => drizzle.select().from(runs).orderBy(desc(runs.id)).limit(limit).all().map(toRun),
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

/** Counts of a run that has done nothing yet. */
export function noCounts(): RunCounts {
  return {
    claimed: 0,
    finished: 0,
    pending: 0,
    unknown: 0,
    failed: 0,
    givenUp: 0,
    requests: 0,
    regressions: 0,
    dropped: 0,
    discovered: 0,
  };
}

function toRun(row: typeof runs.$inferSelect): Run {
  return {
    id: row.id,
    trigger: row.trigger as RunTrigger,
    startedAtMs: row.startedAt,
    endedAtMs: row.endedAt ?? undefined,
    outcome: row.outcome as RunOutcome,
    counts: { ...noCounts(), ...(JSON.parse(row.counts) as Partial<RunCounts>) },
    error: row.error ?? undefined,
  };
}
