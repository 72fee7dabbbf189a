/** Search rows: what the index has of each task. */
import type { Marks } from '../../../task/marks.ts';
import { numberParams } from '../conditions.ts';
import type { Queryable } from '../database.ts';
import { buildRows, type ColumnOf } from '../rows.ts';
import { createIndexEntry, ENTRY_VERSION, type IndexEntry } from './index-entry.ts';

export interface PromptRow {
  /** `arrival` of the task. */
  readonly task: number;
  readonly id: string;
  readonly createdAtMs: number;
  readonly prompt: string;
  /** Of the task, if it has some. */
  readonly marks: Marks | undefined;
}

/** A prompt that is prepared for the index. */
export interface SearchRow extends Pick<PromptRow, 'task' | 'id' | 'createdAtMs'> {
  readonly entry: IndexEntry;
}

const COLUMNS: Readonly<Record<string, ColumnOf<SearchRow>>> = {
  task: ['bigint', ({ task }) => task],
  created_at: ['bigint', ({ createdAtMs }) => createdAtMs],
  id: ['text', ({ id }) => id],
  terms: ['text', ({ entry }) => entry.terms],
  words: ['text', ({ entry }) => entry.words],
  tokens: ['text', ({ entry }) => entry.tokens],
};

/**
 * In a transaction that holds the ids: writes the search rows of tasks, in place of those that they have.
 * @returns what was written, in the same order; its words must be learned (see words.ts)
 */
export async function storePrompts(tx: Queryable, rows: readonly PromptRow[]): Promise<IndexEntry[]> {
  const prepared = rows.map((row): SearchRow => ({ ...row, entry: createEntry(row) }));
  await storeSearchRows(tx, prepared);
  return prepared.map(({ entry }) => entry);
}

/** What the index has of a prompt. */
export function createEntry({
  prompt,
  marks,
  createdAtMs,
}: Pick<PromptRow, 'prompt' | 'marks' | 'createdAtMs'>): IndexEntry {
  return createIndexEntry(prompt, marks, createdAtMs);
}

/** The same for rows that are prepared. */
export async function storeSearchRows(tx: Queryable, rows: readonly SearchRow[]): Promise<void> {
  if (rows.length === 0) return;
  const { sql, params } = buildRows('written', COLUMNS, rows);
  await tx.execute(
    numberParams(
      `INSERT INTO prompts (task, created_at, id, terms, words, tokens, terms_version)
       SELECT task, created_at, id, terms, words, tokens::tsvector, ${ENTRY_VERSION} FROM ${sql}
       ON CONFLICT (task) DO UPDATE SET created_at = excluded.created_at, terms = excluded.terms, words = excluded.words,
         tokens = excluded.tokens, terms_version = excluded.terms_version`,
    ),
    params,
  );
}
