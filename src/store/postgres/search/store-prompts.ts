/** Search rows: what the index has of each task. */
import { TERMS_VERSION } from '../../../search/terms.ts';
import type { Marks } from '../../../task/marks.ts';
import type { Queryable } from '../database.ts';
import { createIndexEntry, type IndexEntry } from './index-entry.ts';

export interface PromptRow {
  /** `arrival` of the task. */
  readonly task: number;
  readonly id: string;
  readonly createdAtMs: number;
  readonly prompt: string;
  /** Of the task, if it has some. */
  readonly marks: Marks | undefined;
}

/**
 * In a transaction that holds the ids: writes the search rows of tasks, in place of those that they have.
 * @returns what was written, in the same order; its words must be learned (see words.ts)
 */
export async function storePrompts(tx: Queryable, rows: readonly PromptRow[]): Promise<IndexEntry[]> {
  const entries = rows.map(({ prompt, marks, createdAtMs }) => createIndexEntry(prompt, marks, createdAtMs));
  if (rows.length === 0) return entries;
  await tx.execute(
    `INSERT INTO prompts (task, created_at, id, terms, words, tokens, terms_version)
     SELECT task, created_at, id, terms, words, tokens::tsvector, $7
     FROM unnest($1::bigint[], $2::bigint[], $3::text[], $4::text[], $5::text[], $6::text[])
       AS written (task, created_at, id, terms, words, tokens)
     ON CONFLICT (task) DO UPDATE SET created_at = excluded.created_at, terms = excluded.terms, words = excluded.words,
       tokens = excluded.tokens, terms_version = excluded.terms_version`,
    [
      rows.map(({ task }) => task),
      rows.map(({ createdAtMs }) => createdAtMs),
      rows.map(({ id }) => id),
      entries.map(({ terms }) => terms),
      entries.map(({ words }) => words),
      entries.map(({ tokens }) => tokens),
      TERMS_VERSION,
    ],
  );
  return entries;
}
