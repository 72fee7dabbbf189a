/**
 * The tables, as Drizzle sees them. Times are epoch milliseconds. The full-text index over the prompts
 * (`prompt_index`, FTS5) is made by a hand-written migration, because Drizzle knows no virtual tables.
 */
import { sql } from 'drizzle-orm';
import { blob, index, integer, primaryKey, sqliteTable, text } from 'drizzle-orm/sqlite-core';
import { FLUX } from '../../service/flux.ts';

/** Every task document that was ever stored. */
export const tasks = sqliteTable(
  'tasks',
  {
    /** Rises with the time of creation (see position.ts), so that the order of rows is the order of time. */
    position: integer('position').primaryKey(),
    id: text('id').notNull().unique(),
    state: text('state', { enum: ['pending', 'succeeded', 'failed'] }).notNull(),
    createdAt: integer('created_at').notNull(),
    /** When the upstream last confirmed this document; 0: never, it is made of a generation's request (see placeholder-task.ts). */
    fetchedAt: integer('fetched_at').notNull(),
    /** Which of our requests brought it; an older request never overwrites a newer. */
    requestSeq: integer('request_seq').notNull(),
    /** SHA-256 of the document's UTF-8 bytes, for audits. */
    hash: blob('hash', { mode: 'buffer' }).notNull(),
    /** First 8 bytes of the prompt's SHA-256: tells whether the search row must be rewritten. */
    promptHash: blob('prompt_hash', { mode: 'buffer' }).notNull(),
    model: text('model'),
    size: text('size'),
    action: text('action'),
    type: text('type'),
    userId: text('user_id'),
    applicationId: text('application_id'),
    seed: integer('seed'),
    /** The upstream's exact text. Behind the columns above, so that reading those never reads its overflow pages. */
    document: text('document').notNull(),
    /**
     * Which service made the task (`src/service/`). An added column stands behind the document, so reading it reads the
     * document's overflow pages; nothing does, as there is one value.
     */
    service: text('service').notNull().default(FLUX.name),
  },
  (table) => [
    index('tasks_state').on(table.state),
    index('tasks_user').on(table.userId),
    index('tasks_application').on(table.applicationId),
    // What filters and facets read, without the documents between: a scan reads 60 bytes a task instead of a thousand.
    index('tasks_narrow').on(
      table.position,
      table.state,
      table.model,
      table.size,
      table.action,
      table.createdAt,
    ),
    // Finds the other tasks of a prompt.
    index('tasks_prompt').on(table.promptHash, table.position),
  ],
);

/** Every image of a succeeded task, by its place among the task's image links: archived, still to fetch, or given up. */
export const taskImages = sqliteTable(
  'task_images',
  {
    /** Of the task, which never moves once it has succeeded; rising keys cost a third of random ones. */
    position: integer('position').notNull(),
    n: integer('n').notNull(),
    /** Set once it is archived. */
    sha256: text('sha256'),
    addedAt: integer('added_at').notNull(),
    /** When to fetch it; null = archived, or given up. */
    dueAt: integer('due_at'),
    attempts: integer('attempts').notNull().default(0),
    lastError: text('last_error'),
  },
  (table) => [
    primaryKey({ columns: [table.position, table.n] }),
    index('task_images_due').on(table.dueAt).where(sql`${table.dueAt} IS NOT NULL`),
    index('task_images_sha256').on(table.sha256).where(sql`${table.sha256} IS NOT NULL`),
    index('task_images_failed').on(table.lastError).where(sql`${table.lastError} IS NOT NULL`),
  ],
);

/** Every archived image, by the SHA-256 of its bytes in lower-case hex, which is also the name of its file. */
export const images = sqliteTable('images', {
  sha256: text('sha256').primaryKey(),
  /** By its content: `image/png` … */
  mediaType: text('media_type').notNull(),
  bytes: integer('bytes').notNull(),
  /** Pixels, as it is shown (after its EXIF orientation). */
  width: integer('width').notNull(),
  height: integer('height').notNull(),
  /** A placeholder of about 25 bytes (see thumbhash). */
  thumbhash: blob('thumbhash', { mode: 'buffer' }).notNull(),
  archivedAt: integer('archived_at').notNull(),
});

/** What the upstream was told to post to us, and whom we owe the same bytes. */
export const callbacks = sqliteTable(
  'callbacks',
  {
    /** The unguessable part of the address that the upstream was given. */
    key: text('key').primaryKey(),
    /** The caller's own `callback_url`. */
    target: text('target'),
    /** Of the generation, once its answer was there. */
    taskId: text('task_id'),
    askedAt: integer('asked_at').notNull(),
    receivedAt: integer('received_at'),
    /** What the upstream posted. */
    body: blob('body', { mode: 'buffer' }),
    mediaType: text('media_type'),
    /** When to deliver it; null = not received yet, delivered, or given up. */
    dueAt: integer('due_at'),
    attempts: integer('attempts').notNull().default(0),
    deliveredAt: integer('delivered_at'),
    lastError: text('last_error'),
  },
  (table) => [index('callbacks_due').on(table.dueAt).where(sql`${table.dueAt} IS NOT NULL`)],
);

/** Ids that the schedule looks after: unfinished, unknown to the upstream, or given up. */
export const tracked = sqliteTable(
  'tracked',
  {
    id: text('id').primaryKey(),
    trackedAt: integer('tracked_at').notNull(),
    /** When to look again; null = given up. */
    dueAt: integer('due_at'),
    /** Refreshes so far that found it unfinished or unknown. */
    attempts: integer('attempts').notNull().default(0),
    /** Since when the upstream says that it doesn't know the id. */
    unknownSince: integer('unknown_since'),
    lastError: text('last_error'),
    /** Counts claims; a result from an older claim is ignored. */
    gen: integer('gen').notNull().default(0),
    claimedUntil: integer('claimed_until').notNull().default(0),
    /** Name of the process that claimed it last. */
    claimedBy: text('claimed_by'),
  },
  (table) => [index('tracked_due').on(table.dueAt)],
);

/** Tokens that callers may present, made by `flux-mirror token new`. A revoked one stays: it must not open the mirror to all. */
export const accessTokens = sqliteTable('access_tokens', {
  name: text('name').primaryKey(),
  /** SHA-256 of the token, lower-case hex; the token itself is nowhere. */
  hash: text('hash').notNull(),
  /** JSON arrays; empty = not limited. */
  userIds: text('user_ids').notNull(),
  applicationIds: text('application_ids').notNull(),
  isReadOnly: integer('is_read_only', { mode: 'boolean' }).notNull(),
  createdAt: integer('created_at').notNull(),
  revokedAt: integer('revoked_at'),
});

/** Explicitly deleted ids with the request that was newest then, so that an answer still under way can't bring them back. */
export const removed = sqliteTable('removed', {
  id: text('id').primaryKey(),
  requestSeq: integer('request_seq').notNull(),
});

/** One row a sync run. */
export const runs = sqliteTable('sync_runs', {
  id: integer('id').primaryKey({ autoIncrement: true }),
  trigger: text('trigger').notNull(),
  startedAt: integer('started_at').notNull(),
  endedAt: integer('ended_at'),
  outcome: text('outcome').notNull(),
  /** JSON: counts of the run (see contract/runs.ts, RunCounts). */
  counts: text('counts').notNull(),
  error: text('error'),
  /** Name of the process that it belongs to. */
  server: text('server'),
});

/** The processes that said they are alive and did not end: claims and runs of others belong to nobody. */
export const servers = sqliteTable('servers', {
  /** Made up by each process. */
  name: text('name').primaryKey(),
  /** The owner of the data directory, or a command beside it. */
  kind: text('kind', { enum: ['server', 'command'] }).notNull(),
  pid: integer('pid').notNull(),
  startedAt: integer('started_at').notNull(),
  seenAt: integer('seen_at').notNull(),
});

/** The words of the prompts, folded but not stemmed: for suggestions, and for beginnings of words. */
export const words = sqliteTable('words', {
  word: text('word').primaryKey(),
  /** In how many prompts it stands. Counted late (see words.ts), so it may lag behind after a crash. */
  uses: integer('uses').notNull(),
});

/** Single values: the start counter, the upstream's block, the version of the text preparation. */
export const metadataTable = sqliteTable('facts', {
  name: text('name').primaryKey(),
  value: text('value').notNull(),
});
