/** Rebuilds the search index after text preparation has changed. */
import { TERMS_VERSION } from '../../../search/terms.ts';
import { getPrompt } from '../../../task/document.ts';
import type { Sqlite } from '../database.ts';
import { createMarkPlacement } from '../marks/mark-placement.ts';
import { reindexNotes } from '../marks/note-index.ts';
import type { Metadata } from '../metadata.ts';
import { createTaskPass, type TaskPass } from '../task-pass.ts';
import { createSearchRows } from './search-rows.ts';
import type { WordStore } from './words.ts';

export function createReindexing(db: Sqlite, metadata: Metadata, words: WordStore): TaskPass {
  const { raw } = db;
  const searchRows = createSearchRows(db);

  const marks = createMarkPlacement(db);

  return createTaskPass<{ position: number; id: string; document: string }>(db, metadata, {
    keys: { version: 'terms-version', gap: 'index-gap' },
    version: TERMS_VERSION,
    batchSize: 40, // about 10 ms, for which requests wait
    columns: 'position, id, document',
    onBegin: () => {
      raw.exec("INSERT INTO prompt_index (prompt_index) VALUES ('delete-all'); DELETE FROM words");
      for (const noteWords of reindexNotes(db)) words.learn(noteWords);
    },
    transaction: words.transaction,
    process: ({ position, id, document }) => {
      searchRows.remove(position); // a sync may have written it in the meantime
      words.add(searchRows.insert(position, getPrompt(document), marks.readTerms(id)));
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
