/** The processes that work on the mirror: each records that it is alive, and frees what those that have died were holding. */
import { hostname } from 'node:os';
import { and, desc, eq, inArray, lte, ne } from 'drizzle-orm';
import { isProcessRunning } from '../../lib/is-process-running.ts';
import { VERSION } from '../../lib/version.ts';
import { type RunningServer, SERVER_TIMEOUT_MS, type ServerStore } from '../contract/servers.ts';
import type { Postgres, Queryable } from './database.ts';
import { removeExpiredFetches } from './fetching.ts';
import { closeInterruptedRuns } from './runs.ts';
import { changeCounts, servers, turns } from './schema/processes.ts';
import { releaseOrphanedClaims } from './tracking.ts';
import { runInTransaction } from './transaction.ts';

export interface Servers extends ServerStore {
  /** Registers this server, and frees what those of this machine were holding that have ended without saying so. */
  enter(nowMs: number): Promise<void>;
  /** Called when this process ends. Frees what it holds. */
  unregister(): Promise<void>;
}

export interface ServersDeps {
  readonly kind: 'server' | 'command';
  /** Work that is due now and then, whoever does it. */
  readonly maintain: () => Promise<void>;
}

export function createServers(db: Postgres, { kind, maintain }: ServersDeps): Servers {
  const self = {
    ...{ name: db.server, kind, version: VERSION, host: hostname(), pid: process.pid },
  };
  let isKnown = false;

  return {
    enter: async (nowMs) => {
      await runInTransaction(db, { isRepeatable: true }, async (tx) => {
        await tx.drizzle
          .insert(servers)
          .values({ ...self, startedAt: nowMs, seenAt: nowMs })
          .onConflictDoNothing();
        const known = await tx.drizzle.select().from(servers).where(ne(servers.name, self.name));
        const ended = known.filter((other) => hasEnded(other, nowMs)).map(({ name }) => name);
        await tx.drizzle.delete(servers).where(inArray(servers.name, ended));
        await forget(tx, ended);
      });
      isKnown = true;
    },
    recordHeartbeat: async (nowMs, url) => {
      await runInTransaction(db, { isRepeatable: true, isSilent: true }, async (tx) => {
        const { drizzle } = tx;
        await drizzle
          .insert(servers)
          .values({ ...self, url: url ?? null, startedAt: nowMs, seenAt: nowMs })
          .onConflictDoUpdate({
            target: servers.name,
            set: { seenAt: nowMs, ...(url === undefined ? {} : { url }) },
          });
        const dead = await drizzle
          .delete(servers)
          .where(and(lte(servers.seenAt, nowMs - SERVER_TIMEOUT_MS), ne(servers.name, self.name)))
          .returning({ name: servers.name });
        if (dead.length > 0)
          await forget(
            tx,
            dead.map(({ name }) => name),
          );
        await removeExpiredFetches(tx, nowMs);
      });
      isKnown = true;
      await maintain();
    },
    findServers: async (nowMs) => {
      const known = await db.drizzle
        .select()
        .from(servers)
        .where(eq(servers.kind, 'server'))
        .orderBy(desc(servers.startedAt));
      return known.filter((server) => isAlive(server, nowMs)).map(describeServer);
    },
    readClock: async () => {
      const [row] = await db.read<{ nowMs: number }>(
        'SELECT (extract(epoch FROM clock_timestamp()) * 1000)::bigint AS "nowMs"',
      );
      return row?.nowMs;
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

type KnownServer = typeof servers.$inferSelect;

/** Whether a process has ended, as far as this machine can know. Those of other machines are known by their heartbeats. */
export function hasEnded(
  { host, pid, startedAt }: Pick<KnownServer, 'host' | 'pid' | 'startedAt'>,
  nowMs: number,
): boolean {
  if (host !== hostname()) return false;
  // A container that is restarted has the same name and the same pid again.
  return pid === process.pid ? startedAt < nowMs - process.uptime() * 1000 : !isProcessRunning(pid);
}

function isAlive(server: KnownServer, nowMs: number): boolean {
  const { host, seenAt } = server;
  return host === hostname() ? !hasEnded(server, nowMs) : seenAt > nowMs - SERVER_TIMEOUT_MS;
}

function describeServer({ pid, host, version, url, startedAt, seenAt }: KnownServer): RunningServer {
  const times = { startedAtMs: startedAt, seenAtMs: seenAt };
  return { pid, host, heartbeat: { version, url: url ?? undefined, ...times } };
}

/** In a transaction: these processes are gone. */
async function forget(tx: Queryable, names: readonly string[]): Promise<void> {
  await tx.drizzle.delete(changeCounts).where(inArray(changeCounts.server, [...names]));
  await tx.drizzle.delete(turns).where(inArray(turns.holder, [...names]));
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
