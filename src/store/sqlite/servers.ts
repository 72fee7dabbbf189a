/**
 * The processes that work on the mirror. The owner's lock guarantees a single server; commands beside it come and go, and
 * are alive as long as they record heartbeats.
 */
import { and, eq, lte, ne, sql } from 'drizzle-orm';
import { SERVER_TIMEOUT_MS, type ServerStore } from '../contract/servers.ts';
import { runInTransaction, type Sqlite } from './database.ts';
import { servers } from './schema.ts';

export interface Servers extends Pick<ServerStore, 'recordHeartbeat'> {
  recordHeartbeat(nowMs: number): void;
  /** Called on the owner's startup: all previous servers are dead. Frees what they held. */
  replaceServers(): void;
  /** Called when this process ends. */
  unregister(): void;
}

/** @param freeOrphans frees, inside a transaction, what is held by processes missing from the table `servers` */
export function createServers(
  db: Sqlite,
  self: Pick<typeof servers.$inferSelect, 'name' | 'kind' | 'startedAt'>,
  freeOrphans: () => void,
): Servers {
  const { drizzle } = db;
  const seenAt = sql`${sql.placeholder('nowMs')}`;
  const upsertSelf = drizzle
    .insert(servers)
    .values({ ...self, pid: process.pid, seenAt })
    .onConflictDoUpdate({ target: servers.name, set: { seenAt } })
    .prepare();
  const removeDead = drizzle
    .delete(servers)
    .where(and(lte(servers.seenAt, sql.placeholder('seenBeforeMs')), ne(servers.name, self.name)))
    .prepare();
  let isKnown = false;

  return {
    recordHeartbeat: (nowMs) => {
      runInTransaction(db, () => {
        upsertSelf.run({ nowMs });
        if (removeDead.run({ seenBeforeMs: nowMs - SERVER_TIMEOUT_MS }).changes > 0) freeOrphans();
      });
      isKnown = true;
    },
    replaceServers: () =>
      runInTransaction(db, () => {
        drizzle.delete(servers).where(eq(servers.kind, 'server')).run();
        freeOrphans();
      }),
    unregister: () => {
      if (isKnown) drizzle.delete(servers).where(eq(servers.name, self.name)).run();
    },
  };
}
