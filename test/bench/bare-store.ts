/** The rows that storing a document makes, by bare prepared statements: the other side of the storing benchmarks. */
import { join } from 'node:path';
import { systemClock } from '../../src/lib/clock.ts';
import { createIndexEntry } from '../../src/search/terms.ts';
import { hashLink } from '../../src/store/rules/link-hash.ts';
import { Database } from '../../src/store/sqlite/driver.ts';
import { openStore } from '../../src/store/sqlite/open.ts';
import { computeSlot } from '../../src/store/sqlite/position.ts';
import { createTaskRow } from '../../src/store/sqlite/task-statements.ts';
import type { TaskDocument } from '../../src/task/document.ts';

/**
 * No look whether a document is there already, positions taken as they come.
 * @param batches a transaction each; making them is not counted
 * @returns seconds
 */
export async function storeBare(
  dataDir: string,
  batches: Iterable<readonly TaskDocument[]>,
): Promise<number> {
  await (await openStore({ dataDir, clock: systemClock, mode: 'owner' })).close(); // makes the schema
  const db = new Database(join(dataDir, 'mirror.db'));
  for (const pragma of [
    'journal_mode = WAL',
    'synchronous = FULL',
    'cache_size = -65536',
    'mmap_size = 1073741824',
  ]) {
    db.pragma(pragma);
  }
  const insert = db.prepare(
    `INSERT INTO tasks (position, id, state, created_at, fetched_at, request_seq, hash, prompt_hash, model, size, action, type,
       user_id, application_id, seed, document) VALUES (:position, :id, :state, :createdAt, :fetchedAt, :requestSeq, :hash, :promptHash, :model,
       :size, :action, :type, :userId, :applicationId, :seed, :document)`,
  );
  const index = db.prepare('INSERT INTO prompt_index (rowid, terms) VALUES (CAST(? AS INTEGER), ?)');
  const insertWord = db.prepare('INSERT INTO words (word, uses) VALUES (?, 0) ON CONFLICT DO NOTHING');
  const insertImage = db.prepare(
    'INSERT INTO task_images (position, n, added_at, due_at, link_hash) VALUES (?, ?, ?, ?, ?)',
  );
  const known = new Set<string>();
  const storeBatch = db.transaction((documents: readonly TaskDocument[], requestSeq: number) => {
    const fetchedAtMs = systemClock.now();
    for (const task of documents) {
      const position = computeSlot(task.createdAtMs);
      insert.run(createTaskRow(task, { requestSeq, fetchedAtMs }, position));
      for (const [n, link] of task.artifactLinks.entries())
        insertImage.run(position, n, fetchedAtMs, fetchedAtMs, hashLink(link));
      const entry = createIndexEntry(task.prompt);
      index.run(position, entry.terms);
      for (const word of entry.words) {
        if (!known.has(word)) insertWord.run(word);
        known.add(word);
      }
    }
  });
  let seconds = 0;
  let requestSeq = 0;
  for (const documents of batches) {
    requestSeq += 1;
    const started = performance.now();
    storeBatch.immediate(documents, requestSeq);
    seconds += (performance.now() - started) / 1000;
  }
  db.close();
  return seconds;
}
