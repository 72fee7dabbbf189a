/** The tables of the processes that share the mirror, of what they have done and agreed on. */
import { sql } from 'drizzle-orm';
import { boolean, index, integer as int, pgTable, primaryKey } from 'drizzle-orm/pg-core';
import { integer, rowKey, text } from './columns.ts';

/** The processes believed to be alive; claims and runs of any other process are orphaned. */
export const servers = pgTable('servers', {
  /** A random name chosen by each process. */
  name: text('name').primaryKey(),
  kind: text('kind').$type<'server' | 'command'>().notNull(),
  /** Of this program. */
  version: text('version').notNull(),
  host: text('host').notNull(),
  pid: int('pid').notNull(),
  /** Where it listens; null for a command. */
  url: text('url'),
  startedAt: integer('started_at').notNull(),
  seenAt: integer('seen_at').notNull(),
});

/**
 * How often each process has changed something, by connection, so that no two transactions wait for the same row. The sum of the
 * others' rows tells a process that something has changed.
 */
export const changeCounts = pgTable(
  'change_counts',
  {
    server: text('server').notNull(),
    connection: int('connection').notNull(),
    n: integer('n').notNull(),
  },
  (table) => [primaryKey({ columns: [table.server, table.connection] })],
);

/** Keys that a process is fetching from the upstream, so that the others wait for what it finds. */
export const fetching = pgTable('fetching', {
  key: text('key').primaryKey(),
  /** Name of the process. */
  holder: text('holder').notNull(),
  /** Then another may take it. */
  until: integer('until').notNull(),
  /** What the upstream said of it, for those who wait: only that it is unknown. */
  answer: text('answer'),
});

/** Work that one process at a time does, by its name. */
export const turns = pgTable('turns', {
  name: text('name').primaryKey(),
  /** Name of the process. */
  holder: text('holder').notNull(),
  /** Then another may take it. */
  until: integer('until').notNull(),
});

/** One row per sync run. */
export const runs = pgTable(
  'sync_runs',
  {
    id: rowKey('id'),
    trigger: text('trigger').notNull(),
    startedAt: integer('started_at').notNull(),
    endedAt: integer('ended_at'),
    outcome: text('outcome').notNull(),
    /** JSON: counts of the run (see contract/runs.ts, RunCounts). */
    counts: text('counts').notNull(),
    error: text('error'),
    /** Name of the process that started it. */
    server: text('server').notNull(),
  },
  (table) => [index('sync_runs_running').on(table.server).where(sql`${table.outcome} = 'running'`)],
);

/** Tokens created by `flux-mirror token new`. A revoked one is kept: without it, the mirror would be open to everyone. */
export const accessTokens = pgTable('access_tokens', {
  /** Ties in time are in this order. */
  arrival: integer('arrival').notNull().generatedAlwaysAsIdentity(),
  name: text('name').primaryKey(),
  /** SHA-256 of the token, lower-case hex; the token itself is not stored. */
  hash: text('hash').notNull(),
  /** JSON arrays; empty = not limited. */
  userIds: text('user_ids').notNull(),
  applicationIds: text('application_ids').notNull(),
  isReadOnly: boolean('is_read_only').notNull(),
  createdAt: integer('created_at').notNull(),
  revokedAt: integer('revoked_at'),
  expiresAt: integer('expires_at'),
  /** Written about once a minute while it is used. */
  lastUsedAt: integer('last_used_at'),
});

/** Single values: the circuit breaker, whether a token is required, checkpoints. */
export const metadataTable = pgTable('facts', {
  name: text('name').primaryKey(),
  value: text('value').notNull(),
});
