/** The tables of what people say of tasks. */
import { sql } from 'drizzle-orm';
import { boolean, index, pgTable, primaryKey } from 'drizzle-orm/pg-core';
import { integer, rowKey, text, tsvector } from './columns.ts';
import { tasks } from './tasks.ts';

/** Star, rating, tags, note, hidden, of a stored task. They go with it. */
export const marks = pgTable(
  'marks',
  {
    key: rowKey('key'),
    id: text('id').notNull().unique(),
    task: integer('task')
      .notNull()
      .unique()
      .references(() => tasks.arrival, { onDelete: 'cascade' }),
    isStarred: boolean('is_starred').notNull().default(false),
    /** 1 to 5; 0: none. */
    rating: integer('rating').notNull().default(0),
    /** A JSON array of texts, sorted. */
    tags: text('tags').notNull().default('[]'),
    note: text('note').notNull().default(''),
    /** The terms and words of the note, as in `prompts`. */
    noteTerms: text('note_terms').notNull().default(''),
    noteWords: text('note_words').notNull().default(''),
    noteTokens: tsvector('note_tokens').notNull().default(''),
    /** Also in `tasks`, where it is counted. */
    isHidden: boolean('is_hidden').notNull().default(false),
    /** Increases with each change. */
    version: integer('version').notNull(),
    changedAt: integer('changed_at').notNull(),
  },
  (table) => [
    index('marks_rated').on(table.rating, table.task).where(sql`${table.rating} > 0`),
    index('marks_note').using('gin', table.noteTokens).where(sql`${table.note} <> ''`),
  ],
);

/** The tags of the tasks one by one. */
export const markTags = pgTable(
  'mark_tags',
  {
    tag: text('tag').notNull(),
    task: integer('task')
      .notNull()
      .references(() => tasks.arrival, { onDelete: 'cascade' }),
    isHidden: boolean('is_hidden').notNull().default(false),
  },
  (table) => [
    primaryKey({ columns: [table.tag, table.task] }),
    index('mark_tags_task').on(table.task, table.tag),
  ],
);

/** How many tasks have each tag, as rows that are added up: triggers on `mark_tags` append them, as for `task_counts`. */
export const tagCounts = pgTable(
  'tag_counts',
  {
    tag: text('tag').notNull(),
    n: integer('n').notNull(),
    /** How many of them are hidden. */
    hidden: integer('hidden').notNull(),
    isFolded: boolean('is_folded').notNull().default(false),
  },
  (table) => [index('tag_counts_tag').on(table.tag), index('tag_counts_folded').on(table.isFolded)],
);
