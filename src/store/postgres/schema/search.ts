/** The tables of the search over prompts. */
import { sql } from 'drizzle-orm';
import { index, pgTable, smallint } from 'drizzle-orm/pg-core';
import { integer, text, textArray, tsvector } from './columns.ts';

/** The search row of each task. */
export const prompts = pgTable(
  'prompts',
  {
    /** `arrival` of the task. It goes with it by a trigger: a foreign key would look up each task that is stored once more. */
    task: integer('task').primaryKey(),
    /** Of the task. */
    createdAt: integer('created_at').notNull(),
    id: text('id').notNull(),
    /** The terms of the prompt, and behind them those of the marks: ` a b c `, with a space at both ends. */
    terms: text('terms').notNull(),
    /** At the same places the words before they were stemmed, `·` for a character that is a term of its own. */
    words: text('words').notNull(),
    /**
     * What the index finds: terms, `=word` for each word, and slices of time (see search/time-slices.ts). Without positions, whose
     * limits would not fit long prompts.
     */
    tokens: tsvector('tokens').notNull(),
    /** Of the rules that made them (see ENTRY_VERSION). */
    termsVersion: smallint('terms_version').notNull(),
  },
  (table) => [
    index('prompts_time').on(table.createdAt, table.id),
    // In kB. Stores 1.8 times as fast as without a pending list; a list of 1 MB would add 3 ms to every search.
    index('prompts_tokens').using('gin', table.tokens).with({ gin_pending_list_limit: 256 }),
    index('prompts_version').on(table.termsVersion, table.createdAt),
  ],
);

/** The words of prompts and notes, folded but not stemmed: for suggestions and corrections. */
export const words = pgTable(
  'words',
  {
    word: text('word').primaryKey(),
    /** Number of prompts that contain it. Written with a delay, so it may be too low after a crash. */
    uses: integer('uses').notNull().default(0),
    /** Its neighbouring letters, two by two: finds words with a mistake. */
    bigrams: textArray('bigrams').notNull(),
  },
  (table) => [
    index('words_letter').on(sql`left(${table.word}, 1)`, sql`char_length(${table.word})`),
    index('words_bigrams').using('gin', table.bigrams),
  ],
);
