/** The tables of task documents. Times are epoch milliseconds. */
import { boolean, index, pgSequence, pgTable } from 'drizzle-orm/pg-core';
import { FLUX } from '../../../service/flux.ts';
import type { TaskState } from '../../../task/state.ts';
import { bytes, integer, rowKey, text } from './columns.ts';

/** Every task document that was ever stored. */
export const tasks = pgTable(
  'tasks',
  {
    /** Ties in time are in this order. */
    arrival: rowKey('arrival'),
    id: text('id').notNull().unique(),
    state: text('state').$type<TaskState>().notNull(),
    createdAt: integer('created_at').notNull(),
    /** When the upstream last confirmed this document; 0: never, it is a placeholder (see placeholder-task.ts). */
    fetchedAt: integer('fetched_at').notNull(),
    /** Number of the request that returned it; an older request never overwrites a newer one. */
    requestSeq: integer('request_seq').notNull(),
    /** SHA-256 of the document's UTF-8 bytes. */
    hash: bytes('hash').notNull(),
    /** First 8 bytes of the prompt's SHA-256: tells whether the search row must be rewritten, and finds the other tasks of a prompt. */
    promptHash: bytes('prompt_hash').notNull(),
    service: text('service').notNull().default(FLUX.name),
    model: text('model'),
    size: text('size'),
    action: text('action'),
    /** The kind of task: `images`, `videos`, or the document's own `type`. */
    type: text('type'),
    userId: text('user_id'),
    applicationId: text('application_id'),
    /** Decimal digits without leading zeros: some exceed 64 bits. */
    seed: text('seed'),
    /** Millionths of a credit; null if the document does not say. */
    cost: integer('cost'),
    /** Whether its marks hide it (see `marks`): counted with its other values. */
    isHidden: boolean('is_hidden').notNull().default(false),
    /** The version of the rules by which the columns were read from the document (see READING_VERSION). */
    readingVersion: integer('reading_version').notNull(),
    /** The upstream's exact text: a type `json` would write it anew. */
    document: text('document').notNull(),
  },
  (table) => [
    index('tasks_time').on(table.createdAt, table.arrival),
    index('tasks_prompt').on(table.promptHash, table.createdAt),
    index('tasks_user').on(table.userId, table.createdAt),
    index('tasks_application').on(table.applicationId, table.createdAt),
    index('tasks_reading').on(table.readingVersion, table.createdAt),
  ],
);

/**
 * How many tasks have the same values, at all times, as rows that are added up: triggers on `tasks` append what each statement has
 * changed, so that no code that writes tasks can forget it and no two writers wait for the same row. They are folded now and then (see
 * counts.ts). The folded rows alone are one for each key.
 */
export const taskCounts = pgTable(
  'task_counts',
  {
    service: text('service').notNull(),
    model: text('model'),
    size: text('size'),
    action: text('action'),
    state: text('state').$type<TaskState>().notNull(),
    userId: text('user_id'),
    applicationId: text('application_id'),
    n: integer('n').notNull(),
    /** How many of them are hidden. */
    hidden: integer('hidden').notNull(),
    isFolded: boolean('is_folded').notNull().default(false),
  },
  (table) => [
    index('task_counts_folded').on(table.isFolded),
    index('task_counts_user').on(table.userId),
    index('task_counts_application').on(table.applicationId),
  ],
);

/** How many tasks of each UTC day have the same state and owner, and what they cost; like `task_counts`. */
export const dayCounts = pgTable(
  'day_counts',
  {
    /** Days since 1970-01-01. */
    day: integer('day').notNull(),
    state: text('state').$type<TaskState>().notNull(),
    userId: text('user_id'),
    applicationId: text('application_id'),
    n: integer('n').notNull(),
    /** Their sum in millionths of a credit. */
    cost: integer('cost').notNull(),
    hidden: integer('hidden').notNull(),
    isFolded: boolean('is_folded').notNull().default(false),
  },
  (table) => [
    index('day_counts_day').on(table.day),
    index('day_counts_folded').on(table.isFolded),
    index('day_counts_user').on(table.userId, table.day),
    index('day_counts_application').on(table.applicationId, table.day),
  ],
);

/** Tombstones: deleted ids with the newest request number at that time, so that a response in flight can't restore them. */
export const removed = pgTable('removed', {
  id: text('id').primaryKey(),
  requestSeq: integer('request_seq').notNull(),
});

/** Numbers of requests to the upstream, drawn by all processes. */
export const requestSeq = pgSequence('request_seq');

/** Ids on the refresh schedule: unfinished, unknown to the upstream, or given up. */
export const tracked = pgTable(
  'tracked',
  {
    id: text('id').primaryKey(),
    trackedAt: integer('tracked_at').notNull(),
    /** When to refresh again; null = given up. */
    dueAt: integer('due_at'),
    /** Refreshes so far that found it unfinished or unknown. */
    attempts: integer('attempts').notNull().default(0),
    /** Since when the upstream has reported the id as unknown. */
    unknownSince: integer('unknown_since'),
    lastError: text('last_error'),
    /** Increased by each claim; a result from an older claim is ignored. */
    claimVersion: integer('claim_version').notNull().default(0),
    claimedUntil: integer('claimed_until').notNull().default(0),
    /** Name of the last process that claimed it. */
    claimedBy: text('claimed_by'),
  },
  (table) => [index('tracked_due').on(table.dueAt, table.id)],
);
