/** The processes that work on the mirror: each records that it is alive, and frees what those that have died were holding. */
import { hostname } from 'node:os';
import { and, desc, eq, gt, inArray, lte, ne } from 'drizzle-orm';
import { VERSION } from '../../lib/version.ts';
import { SERVER_TIMEOUT_MS, type ServerStore } from '../contract/servers.ts';
import type { Postgres, Queryable } from './database.ts';
import { closeInterruptedRuns } from './runs.ts';
import { changeCounts, servers } from './schema/processes.ts';
import { hasEnded, isAlive, type KnownServer } from './single-server.ts';
import { releaseOrphanedClaims } from './tracking.ts';
import { runInTransaction } from './transaction.ts';

export interface Servers extends ServerStore {
  /**
   * Registers this server if it is the only one, and frees what servers hold that have ended.
   * @param ended the names of those that are known to have ended
   * @returns the others, if it is not
   */
  enter(nowMs: number, ended: readonly string[]): Promise<readonly KnownServer[]>;
  /** Called when this process ends. Frees what it holds. */
  unregister(): Promise<void>;
}

export interface ServersDeps {
  readonly kind: 'server' | 'command';
  readonly startedAtMs: number;
  /** Work that is due now and then, whoever does it. */
  readonly maintain: () => Promise<void>;
}

export function createServers(db: Postgres, { kind, startedAtMs, maintain }: ServersDeps): Servers {
  const self = {
    ...{ name: db.server, kind, version: VERSION, host: hostname(), pid: process.pid },
    startedAt: startedAtMs,
  };
  let isKnown = false;

  return {
    enter: async (nowMs, ended) => {
      const others = await runInTransaction(db, { names: ['servers'], isRepeatable: true }, async (tx) => {
        const known = await tx.drizzle
          .select()
          .from(servers)
          .where(
            and(
              eq(servers.kind, 'server'),
              ne(servers.name, self.name),
              gt(servers.seenAt, nowMs - SERVER_TIMEOUT_MS),
            ),
          );
        const isGone = (other: KnownServer) => ended.includes(other.name) || hasEnded(other);
        const alive = known.filter((other) => !isGone(other));
        if (alive.length > 0) return alive;
        await tx.drizzle
          .insert(servers)
          .values({ ...self, seenAt: nowMs })
          .onConflictDoNothing();
        const gone = known.filter(({ pid }) => pid !== process.pid).map(({ name }) => name);
        await tx.drizzle.delete(servers).where(inArray(servers.name, gone));
        await forget(tx, gone);
        return [];
      });
      isKnown ||= others.length === 0;
      return others;
    },
    recordHeartbeat: async (nowMs) => {
      await runInTransaction(db, { isRepeatable: true, isSilent: true }, async (tx) => {
        const { drizzle } = tx;
        await drizzle
          .insert(servers)
          .values({ ...self, seenAt: nowMs })
          .onConflictDoUpdate({ target: servers.name, set: { seenAt: nowMs } });
        const dead = await drizzle
          .delete(servers)
          .where(and(lte(servers.seenAt, nowMs - SERVER_TIMEOUT_MS), ne(servers.name, self.name)))
          .returning({ name: servers.name });
        if (dead.length > 0)
          await forget(
            tx,
            dead.map(({ name }) => name),
          );
      });
      isKnown = true;
      await maintain();
    },
    findServer: async (nowMs) => {
      const known = await db.drizzle
        .select()
        .from(servers)
        .where(eq(servers.kind, 'server'))
        .orderBy(desc(servers.startedAt));
      const found = known.find((server) => isAlive(server, nowMs));
      return found && { pid: found.pid, host: found.host };
    },
    unregister: async () => {
      if (!isKnown) return;
      await runInTransaction(db, { isRepeatable: true, isSilent: true }, async (tx) => {
        await tx.drizzle.delete(servers).where(eq(servers.name, self.name));
        await forget(tx, [self.name]);
      });
    },
  };
}

/** Frees what processes were holding of which nothing is known any more: to be called when a server starts. */
export function freeOrphans(db: Postgres): Promise<void> {
  return runInTransaction(db, { isRepeatable: true }, (tx) => forget(tx, []));
}

/** In a transaction: these processes are gone. */
async function forget(tx: Queryable, names: readonly string[]): Promise<void> {
  await tx.drizzle.delete(changeCounts).where(inArray(changeCounts.server, [...names]));
  await releaseOrphanedClaims(tx);
  await closeInterruptedRuns(tx);
}

/** The sum of what the other processes have changed: it differs once one of them has changed something. */
export async function readForeignVersion(db: Postgres): Promise<number> {
  const [row] = await db.read<{ n: number }>(
    'SELECT coalesce(sum(n), 0)::bigint AS n FROM change_counts WHERE server <> $1',
    [db.server],
  );
  return row?.n ?? 0;
}
