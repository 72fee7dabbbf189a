/** Rebuilds the search index after text preparation has changed. */
import { createIndexEntry, TERMS_VERSION } from '../../../search/terms.ts';
import { getPrompt } from '../../../task/document.ts';
import type { Sqlite } from '../database.ts';
import type { Metadata } from '../metadata.ts';
import { createTaskPass, type TaskPass } from '../task-pass.ts';
import type { WordStore } from './words.ts';

export function createReindexing(db: Sqlite, metadata: Metadata, words: WordStore): TaskPass {
  const { raw } = db;
  const unindex = raw.prepare<[number]>('DELETE FROM prompt_index WHERE rowid = CAST(? AS INTEGER)');
  const index = raw.prepare<[number, string]>(
    'INSERT INTO prompt_index (rowid, terms) VALUES (CAST(? AS INTEGER), ?)',
  );

  return createTaskPass<{ position: number; document: string }>(db, metadata, {
    keys: { version: 'terms-version', gap: 'index-gap' },
    version: TERMS_VERSION,
    batchSize: 40, // about 10 ms, for which requests wait
    columns: 'position, document',
    onBegin: () => {
      raw.exec("INSERT INTO prompt_index (prompt_index) VALUES ('delete-all'); DELETE FROM words");
    },
    transaction: words.transaction,
    process: ({ position, document }) => {
      const entry = createIndexEntry(getPrompt(document));
      unindex.run(position); // a sync may have written it in the meantime
      index.run(position, entry.terms);
      words.add(entry.words);
    },
  });
}

/** The earliest creation time that is indexed, epoch milliseconds; undefined when the index is complete. */
export function readIndexedFrom({ raw }: Sqlite, metadata: Metadata): number | undefined {
  const gap = metadata.get('index-gap');
  if (gap === undefined) return undefined;
  const next = raw
    .prepare<[number], { at: number }>(
      'SELECT created_at AS at FROM tasks WHERE position >= CAST(? AS INTEGER) ORDER BY position LIMIT 1',
    )
    .get(Number(gap));
  return next?.at ?? Number.MAX_SAFE_INTEGER;
}
