/** Rows of the search index: the terms of a prompt, and of the marks of its task (see rules/mark-terms.ts). */
import { createIndexEntry } from '../../../search/terms.ts';
import { getPrompt } from '../../../task/document.ts';
import type { Sqlite } from '../database.ts';

/** All inside the caller's transaction. */
export interface SearchRows {
  /** Adds the row of a task. @returns the distinct words of the prompt */
  insert(position: number, prompt: string, markTerms: string): ReadonlySet<string>;
  remove(position: number): void;
  /** The marks of a stored task have other terms. */
  rewrite(position: number, markTerms: string): void;
}

export function createSearchRows({ raw }: Pick<Sqlite, 'raw'>): SearchRows {
  const select = raw
    .prepare<[number], string>('SELECT document FROM tasks WHERE position = CAST(? AS INTEGER)')
    .pluck();
  const insertRow = raw.prepare<[number, string]>(
    'INSERT INTO prompt_index (rowid, terms) VALUES (CAST(? AS INTEGER), ?)',
  );
  const removeRow = raw.prepare<[number]>('DELETE FROM prompt_index WHERE rowid = CAST(? AS INTEGER)');
  const insert: SearchRows['insert'] = (position, prompt, markTerms) => {
    const { terms, words } = createIndexEntry(prompt);
    insertRow.run(position, markTerms === '' ? terms : `${terms} ${markTerms}`);
    return words;
  };
  return {
    insert,
    remove: (position) => {
      removeRow.run(position);
    },
    rewrite: (position, markTerms) => {
      removeRow.run(position);
      insert(position, getPrompt(select.get(position) ?? '{}'), markTerms);
    },
  };
}
