/** The tables of collections and saved searches. */
import { boolean, index, pgTable, primaryKey, uniqueIndex } from 'drizzle-orm/pg-core';
import { integer, text } from './columns.ts';

/** Named, ordered lists of tasks. */
export const collections = pgTable(
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
    /** Of the public link; null: it has none. It is stored as it is, so that the link can be copied again. */
    linkKey: text('link_key').unique(),
    linkShowsPrompts: boolean('link_shows_prompts').notNull().default(false),
    linkCreatedAt: integer('link_created_at'),
    createdAt: integer('created_at').notNull(),
    changedAt: integer('changed_at').notNull(),
    /** Increases with each change. */
    version: integer('version').notNull(),
  },
  (table) => [uniqueIndex('collections_name').on(table.foldedName, table.userIds, table.applicationIds)],
);

/** The tasks of collections, in order. By task id, so that a place outlives its task. */
export const collectionTasks = pgTable(
  'collection_tasks',
  {
    collection: text('collection')
      .notNull()
      .references(() => collections.id, { onDelete: 'cascade' }),
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
export const savedSearches = pgTable(
  'saved_searches',
  {
    id: text('id').primaryKey(),
    name: text('name').notNull(),
    /** The name as it is compared. */
    foldedName: text('folded_name').notNull(),
    query: text('query').notNull(),
    timeZone: text('time_zone'),
    /** JSON arrays, sorted: of the token that saved it. */
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
