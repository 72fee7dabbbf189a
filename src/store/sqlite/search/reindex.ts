/**
 * Rebuilds the search index after text preparation has changed: newest tasks first, in batches, while everything else
 * continues. Progress is stored with each batch, so that it resumes after a restart.
 */
import { createIndexEntry, TERMS_VERSION } from '../../../search/terms.ts';
import { getPrompt } from '../../../task/document.ts';
import { runInTransaction, type Sqlite } from '../database.ts';
import type { Metadata } from '../metadata.ts';
import type { WordStore } from './words.ts';

export interface Reindexing {
  /** Clears an index of another version. Only the owner does this: a command beside a server leaves it to the server. */
  begin(options: { isOwner: boolean }): void;
  some(): { tasksLeft: number } | undefined;
}

const BATCH_SIZE = 200;

export function createReindexing(db: Sqlite, metadata: Metadata, words: WordStore): Reindexing {
  const { raw } = db;
  const selectBatch = raw.prepare<[number], { position: number; document: string }>(
    `SELECT position, document FROM tasks WHERE position < CAST(? AS INTEGER) ORDER BY position DESC LIMIT ${BATCH_SIZE}`,
  );
  const left = raw.prepare<[number], { n: number }>(
    'SELECT count(*) AS n FROM tasks INDEXED BY tasks_narrow WHERE position < CAST(? AS INTEGER)',
  );
  const unindex = raw.prepare<[number]>('DELETE FROM prompt_index WHERE rowid = CAST(? AS INTEGER)');
  const index = raw.prepare<[number, string]>(
    'INSERT INTO prompt_index (rowid, terms) VALUES (CAST(? AS INTEGER), ?)',
  );

  return {
    begin: ({ isOwner }) => {
      if (metadata.get('terms-version') === String(TERMS_VERSION)) return;
      const newest = raw
        .prepare<[], { position: number | null }>('SELECT max(position) AS position FROM tasks')
        .get();
      const last = newest?.position ?? undefined;
      if (!isOwner && last !== undefined) return;
      runInTransaction(db, () => {
        raw.exec("INSERT INTO prompt_index (prompt_index) VALUES ('delete-all'); DELETE FROM words");
        if (last !== undefined) metadata.set('index-gap', String(last + 1));
        metadata.set('terms-version', String(TERMS_VERSION));
      });
    },

    some: () => {
      const gap = metadata.get('index-gap');
      if (gap === undefined) return undefined;
      const rows = selectBatch.all(Number(gap));
      words.transaction(() => {
        for (const { position, document } of rows) {
          const entry = createIndexEntry(getPrompt(document));
          unindex.run(position); // a sync may have written it in the meantime
          index.run(position, entry.terms);
          words.add(entry.words);
        }
        const last = rows.at(-1);
        if (last) metadata.set('index-gap', String(last.position));
        else metadata.clear('index-gap');
      });
      return rows.length === 0 ? undefined : { tasksLeft: left.get(rows.at(-1)?.position ?? 0)?.n ?? 0 };
    },
  };
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
