/**
 * The tables in Drizzle's terms. Times are epoch milliseconds. The full-text index over the prompts (`prompt_index`, FTS5)
 * is created by a hand-written migration, because Drizzle does not support virtual tables.
 */
import { sql } from 'drizzle-orm';
import { blob, index, integer, primaryKey, sqliteTable, text, uniqueIndex } from 'drizzle-orm/sqlite-core';
import { FLUX } from '../../service/flux.ts';

/** Every task document that was ever stored. */
export const tasks = sqliteTable(
  'tasks',
  {
    /** Increases with the time of creation (see position.ts), so that row order is time order. */
    position: integer('position').primaryKey(),
    id: text('id').notNull().unique(),
    state: text('state', { enum: ['pending', 'succeeded', 'failed'] }).notNull(),
    createdAt: integer('created_at').notNull(),
    /** When the upstream last confirmed this document; 0: never, it is a placeholder (see placeholder-task.ts). */
    fetchedAt: integer('fetched_at').notNull(),
    /** Number of the request that returned it; an older request never overwrites a newer one. */
    requestSeq: integer('request_seq').notNull(),
    /** SHA-256 of the document's UTF-8 bytes, for audits. */
    hash: blob('hash', { mode: 'buffer' }).notNull(),
    /** First 8 bytes of the prompt's SHA-256: tells whether the search row must be rewritten. */
    promptHash: blob('prompt_hash', { mode: 'buffer' }).notNull(),
    model: text('model'),
    size: text('size'),
    action: text('action'),
    /** The kind of task: `images`, `videos`, or the document's own `type`. */
    type: text('type'),
    userId: text('user_id'),
    applicationId: text('application_id'),
    /** Beyond 2^53 as text in a BLOB (see seed-column.ts). */
    seed: integer('seed'),
    /** The upstream's exact text. Placed after the columns above, so that reading those never reads its overflow pages. */
    document: text('document').notNull(),
    /**
     * The service that created the task (`src/service/`). It was added later and so comes after the document, so reading it
     * reads the document's overflow pages; nothing does, as there is only one value.
     */
    service: text('service').notNull().default(FLUX.name),
    /** Millionths of a credit; null if the document does not say. Added later too: only sums of single days read it. */
    cost: integer('cost'),
  },
  (table) => [
    index('tasks_state').on(table.state),
    index('tasks_user').on(table.userId),
    index('tasks_application').on(table.applicationId),
    // The columns that filters and facets read, without documents: a scan reads 60 bytes per task instead of a thousand.
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

/**
 * How many tasks have the same values, at all times. Triggers on `tasks` update it with every row, so no code that writes tasks can
 * forget it. A null is not an empty text, and the keys compare it as the number 0, because unique keys take nulls as different.
 */
export const taskCounts = sqliteTable(
  'task_counts',
  {
    service: text('service').notNull(),
    model: text('model'),
    size: text('size'),
    action: text('action'),
    state: text('state', { enum: ['pending', 'succeeded', 'failed'] }).notNull(),
    userId: text('user_id'),
    applicationId: text('application_id'),
    /** Never 0: such a row is deleted. Nullable, so that no trigger can fail at it (see the insert in task-statements.ts). */
    n: integer('n'),
    /** How many of them are hidden (see `marks`). */
    hidden: integer('hidden').default(0),
  },
  (table) => [
    uniqueIndex('task_counts_key').on(
      table.service,
      sql`ifnull(${table.model}, 0)`,
      sql`ifnull(${table.size}, 0)`,
      sql`ifnull(${table.action}, 0)`,
      table.state,
      sql`ifnull(${table.userId}, 0)`,
      sql`ifnull(${table.applicationId}, 0)`,
    ),
    index('task_counts_user').on(table.userId),
    index('task_counts_application').on(table.applicationId),
  ],
);

/** How many tasks of each UTC day have the same state and owner, and what they cost; updated like `task_counts`. */
export const dayCounts = sqliteTable(
  'day_counts',
  {
    /** Days since 1970-01-01. */
    day: integer('day').notNull(),
    state: text('state', { enum: ['pending', 'succeeded', 'failed'] }).notNull(),
    userId: text('user_id'),
    applicationId: text('application_id'),
    /** Never 0: such a row is deleted. Nullable, so that no trigger can fail at it (see the insert in task-statements.ts). */
    n: integer('n'),
    /** Their sum in millionths of a credit: sums of integers are exact. */
    cost: integer('cost').default(0),
    /** How many of them are hidden (see `marks`). */
    hidden: integer('hidden').default(0),
  },
  (table) => [
    uniqueIndex('day_counts_key').on(
      table.day,
      table.state,
      sql`ifnull(${table.userId}, 0)`,
      sql`ifnull(${table.applicationId}, 0)`,
    ),
    index('day_counts_user').on(table.userId, table.day),
    index('day_counts_application').on(table.applicationId, table.day),
  ],
);

/**
 * What people say of tasks: star, rating, tags, note, hidden. By task id, so that a row outlives the loss of its task: triggers on
 * `tasks` set the position when the task is stored or moves, and delete the row when it is forgotten. Words of notes are searched in
 * `note_index` (FTS5, by the key of this table).
 */
export const marks = sqliteTable(
  'marks',
  {
    key: integer('key').primaryKey(),
    id: text('id').notNull().unique(),
    /** Of its task; null while that is not stored. */
    position: integer('position'),
    isStarred: integer('is_starred', { mode: 'boolean' }).notNull().default(false),
    /** 1 to 5; 0: none. */
    rating: integer('rating').notNull().default(0),
    /** A JSON array of texts, sorted. */
    tags: text('tags').notNull().default('[]'),
    note: text('note').notNull().default(''),
    isHidden: integer('is_hidden', { mode: 'boolean' }).notNull().default(false),
    /** Increases with each change. */
    version: integer('version').notNull(),
    changedAt: integer('changed_at').notNull(),
  },
  (table) => [
    index('marks_position').on(table.position),
    index('marks_starred').on(table.position).where(sql`is_starred = 1`),
    index('marks_hidden').on(table.position).where(sql`is_hidden = 1`),
    index('marks_rated').on(table.position, table.rating).where(sql`rating > 0`),
    index('marks_noted').on(table.position).where(sql`note <> ''`),
  ],
);

/** The tags of the stored tasks one by one; triggers on `marks` update them. */
export const markTags = sqliteTable(
  'mark_tags',
  {
    tag: text('tag').notNull(),
    position: integer('position').notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.tag, table.position] }),
    index('mark_tags_position').on(table.position, table.tag),
  ],
);

/** How many tasks have each tag; updated like `mark_tags`. */
export const tagCounts = sqliteTable('tag_counts', {
  tag: text('tag').primaryKey(),
  /** Never 0: such a row is deleted. */
  n: integer('n').notNull(),
  /** How many of them are hidden. */
  hidden: integer('hidden').notNull().default(0),
});

/** Named, ordered lists of tasks. */
export const collections = sqliteTable(
  'collections',
  {
    /** A UUID. */
    id: text('id').primaryKey(),
    name: text('name').notNull(),
    /** The name as it is compared (see entry-name.ts). */
    foldedName: text('folded_name').notNull(),
    note: text('note').notNull().default(''),
    /** JSON arrays, sorted; empty = not limited. Of the token that created it. */
    userIds: text('user_ids').notNull().default('[]'),
    applicationIds: text('application_ids').notNull().default('[]'),
    /** The id of a task in it; null: the first. */
    cover: text('cover'),
    /** Of the public link; null: there is none. It is stored as it is, so that the link can be copied again. */
    linkKey: text('link_key').unique(),
    linkShowsPrompts: integer('link_shows_prompts', { mode: 'boolean' }).notNull().default(false),
    linkCreatedAt: integer('link_created_at'),
    createdAt: integer('created_at').notNull(),
    changedAt: integer('changed_at').notNull(),
    /** Increases with each change. */
    version: integer('version').notNull(),
  },
  (table) => [uniqueIndex('collections_name').on(table.foldedName, table.userIds, table.applicationIds)],
);

/** The tasks of collections, in order. By task id, so that a place outlives its task. */
export const collectionTasks = sqliteTable(
  'collection_tasks',
  {
    collection: text('collection').notNull(),
    taskId: text('task_id').notNull(),
    /** Rises along the collection. */
    place: integer('place').notNull(),
    addedAt: integer('added_at').notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.collection, table.taskId] }),
    index('collection_tasks_place').on(table.collection, table.place),
    index('collection_tasks_task').on(table.taskId),
  ],
);

/** Searches that people keep under a name. */
export const savedSearches = sqliteTable(
  'saved_searches',
  {
    id: text('id').primaryKey(),
    name: text('name').notNull(),
    /** The name as it is compared. */
    foldedName: text('folded_name').notNull(),
    query: text('query').notNull(),
    timeZone: text('time_zone'),
    /** JSON arrays as in `access_tokens`, sorted: of the token that saved it. */
    userIds: text('user_ids').notNull(),
    applicationIds: text('application_ids').notNull(),
    /** In the address of its feed, in plain text, because the owner copies the address again. */
    feedKey: text('feed_key').unique(),
    version: integer('version').notNull(),
    createdAt: integer('created_at').notNull(),
    changedAt: integer('changed_at').notNull(),
    visitedAt: integer('visited_at').notNull(),
  },
  (table) => [uniqueIndex('saved_searches_name').on(table.foldedName, table.userIds, table.applicationIds)],
);

/** Addresses that are told of finished tasks, or of the mirror's health. Triggers remove them with their saved search. */
export const webhooks = sqliteTable(
  'webhooks',
  {
    id: text('id').primaryKey(),
    url: text('url').notNull(),
    /** Signs what is sent; in plain text, because it is needed for that. */
    secret: text('secret').notNull(),
    /** Null: it is told of the mirror's health. */
    savedSearchId: text('saved_search_id'),
    version: integer('version').notNull(),
    createdAt: integer('created_at').notNull(),
    changedAt: integer('changed_at').notNull(),
  },
  (table) => [index('webhooks_saved_search').on(table.savedSearchId)],
);

/** What webhooks are or were told. The text that is sent is made when it is sent, so none of a forgotten task is kept. */
export const webhookDeliveries = sqliteTable(
  'webhook_deliveries',
  {
    id: text('id').primaryKey(),
    webhookId: text('webhook_id').notNull(),
    type: text('type').notNull(),
    /** Of a message about one task. */
    taskId: text('task_id'),
    /** Of a message about several: a JSON array. */
    taskIds: text('task_ids').notNull().default('[]'),
    /** Of a message about no task: a JSON object. */
    data: text('data').notNull().default('{}'),
    createdAt: integer('created_at').notNull(),
    /** Since when it is tried: when it was created, or repeated. */
    queuedAt: integer('queued_at').notNull(),
    /** When to try; null: delivered, or given up. */
    dueAt: integer('due_at'),
    attempts: integer('attempts').notNull().default(0),
    deliveredAt: integer('delivered_at'),
    lastError: text('last_error'),
  },
  (table) => [
    index('webhook_deliveries_due').on(table.dueAt).where(sql`${table.dueAt} IS NOT NULL`),
    index('webhook_deliveries_webhook').on(table.webhookId, table.createdAt),
    index('webhook_deliveries_task').on(table.taskId).where(sql`${table.taskId} IS NOT NULL`),
    index('webhook_deliveries_created').on(table.createdAt),
  ],
);

/** Tasks that have finished, until it is known which webhooks are to be told. Empty while there are no webhooks. */
export const finishedTasks = sqliteTable('finished_tasks', {
  id: text('id').primaryKey(),
  finishedAt: integer('finished_at').notNull(),
});

/** Every image of a succeeded task, by its index among the task's image links: archived, queued, or given up. */
export const taskImages = sqliteTable(
  'task_images',
  {
    /** Position of the task, which never changes once it has succeeded; ascending keys cost a third of random ones. */
    position: integer('position').notNull(),
    n: integer('n').notNull(),
    /** Set when archived. */
    sha256: text('sha256'),
    addedAt: integer('added_at').notNull(),
    /** When to fetch it; null = archived, or given up. */
    dueAt: integer('due_at'),
    attempts: integer('attempts').notNull().default(0),
    lastError: text('last_error'),
    /** First 8 bytes of the SHA-256 of its link: finds the task of a link. Null until the task has been re-read. */
    linkHash: blob('link_hash', { mode: 'buffer' }),
    /** Its width to its height as one byte (see src/task/ratio.ts); null until it is archived. */
    ratio: integer('ratio'),
  },
  (table) => [
    primaryKey({ columns: [table.position, table.n] }),
    index('task_images_due').on(table.dueAt).where(sql`${table.dueAt} IS NOT NULL`),
    index('task_images_sha256').on(table.sha256).where(sql`${table.sha256} IS NOT NULL`),
    index('task_images_failed').on(table.lastError).where(sql`${table.lastError} IS NOT NULL`),
    index('task_images_link').on(table.linkHash).where(sql`${table.linkHash} IS NOT NULL`),
  ],
);

/** Every archived image, by the SHA-256 of its bytes in lower-case hex, which is also the name of its file. */
export const images = sqliteTable(
  'images',
  {
    sha256: text('sha256').primaryKey(),
    /** Detected from the content: `image/png` … */
    mediaType: text('media_type').notNull(),
    bytes: integer('bytes').notNull(),
    /** Pixels as displayed (after applying the EXIF orientation); for a video, those in its task document. */
    width: integer('width'),
    height: integer('height'),
    /** A placeholder of about 25 bytes (see thumbhash); null for a video. */
    thumbhash: blob('thumbhash', { mode: 'buffer' }),
    archivedAt: integer('archived_at').notNull(),
    /** When its file was found to be missing or damaged; null while it is there. */
    missingSince: integer('missing_since'),
  },
  (table) => [index('images_missing').on(table.sha256).where(sql`${table.missingSince} IS NOT NULL`)],
);

/** Images that no task has, whose bytes may be stored: about to be archived, or to be removed if no task gets them. */
export const unusedImages = sqliteTable(
  'unused_images',
  {
    sha256: text('sha256').primaryKey(),
    mediaType: text('media_type').notNull(),
    since: integer('since').notNull(),
    /** While its bytes are being removed, until when. */
    removingUntil: integer('removing_until').notNull().default(0),
  },
  (table) => [index('unused_images_since').on(table.since)],
);

/** Callback addresses given to the upstream, what it posted there, and the callers to forward it to. */
export const callbacks = sqliteTable(
  'callbacks',
  {
    /** The unguessable part of the address that the upstream was given. */
    key: text('key').primaryKey(),
    /** The caller's own `callback_url`. */
    target: text('target'),
    /** The generation's task, once the response has arrived. */
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

/** Ids on the refresh schedule: unfinished, unknown to the upstream, or given up. */
export const tracked = sqliteTable(
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
    /** The claim version, incremented by each claim; a result from an older claim is ignored. */
    gen: integer('gen').notNull().default(0),
    claimedUntil: integer('claimed_until').notNull().default(0),
    /** Name of the last process that claimed it. */
    claimedBy: text('claimed_by'),
  },
  (table) => [index('tracked_due').on(table.dueAt)],
);

/** Tokens created by `flux-mirror token new`. A revoked one is kept: without it, the mirror would be open to everyone. */
export const accessTokens = sqliteTable('access_tokens', {
  name: text('name').primaryKey(),
  /** SHA-256 of the token, lower-case hex; the token itself is not stored. */
  hash: text('hash').notNull(),
  /** JSON arrays; empty = not limited. */
  userIds: text('user_ids').notNull(),
  applicationIds: text('application_ids').notNull(),
  isReadOnly: integer('is_read_only', { mode: 'boolean' }).notNull(),
  createdAt: integer('created_at').notNull(),
  revokedAt: integer('revoked_at'),
  expiresAt: integer('expires_at'),
  /** Written about once a minute while it is used. */
  lastUsedAt: integer('last_used_at'),
});

/** Tombstones: deleted ids with the newest request number at that time, so that a response in flight can't restore them. */
export const removed = sqliteTable('removed', {
  id: text('id').primaryKey(),
  requestSeq: integer('request_seq').notNull(),
});

/** One row per sync run. */
export const runs = sqliteTable('sync_runs', {
  id: integer('id').primaryKey({ autoIncrement: true }),
  trigger: text('trigger').notNull(),
  startedAt: integer('started_at').notNull(),
  endedAt: integer('ended_at'),
  outcome: text('outcome').notNull(),
  /** JSON: counts of the run (see contract/runs.ts, RunCounts). */
  counts: text('counts').notNull(),
  error: text('error'),
  /** Name of the process that started it. */
  server: text('server'),
});

/** The processes believed to be alive; claims and runs of any other process are orphaned. */
export const servers = sqliteTable('servers', {
  /** A random name chosen by each process. */
  name: text('name').primaryKey(),
  /** The owner of the data directory, or a command beside it. */
  kind: text('kind', { enum: ['server', 'command'] }).notNull(),
  pid: integer('pid').notNull(),
  startedAt: integer('started_at').notNull(),
  seenAt: integer('seen_at').notNull(),
});

/** The words of the prompts, folded but not stemmed: for suggestions and prefix searches. */
export const words = sqliteTable('words', {
  word: text('word').primaryKey(),
  /** Number of prompts that contain it. Written with a delay (see words.ts), so it may be too low after a crash. */
  uses: integer('uses').notNull(),
});

/** Single values: the request counter, the circuit breaker, the version of the text preparation, checkpoints. */
export const metadataTable = sqliteTable('facts', {
  name: text('name').primaryKey(),
  value: text('value').notNull(),
});
