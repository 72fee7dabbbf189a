/** What is derived from marks and tasks: positions, tags one by one, the words of notes. */

import type { Sqlite } from '../database.ts';
import { createWordStore } from '../search/words.ts';
import { reindexNotes } from './note-index.ts';

/** In the caller's transaction: discards what is derived, before tasks are moved. Nothing that a foreign database says is believed. */
export function detachMarks({ raw }: Pick<Sqlite, 'raw'>): void {
  raw.exec('DELETE FROM mark_tags; DELETE FROM tag_counts; UPDATE marks SET position = NULL');
}

/** In the caller's transaction: derives it from marks that are detached. Triggers write the tags; hidden tasks are to be counted again. */
export function attachMarks(db: Sqlite): void {
  db.raw.exec('UPDATE marks SET position = (SELECT tasks.position FROM tasks WHERE tasks.id = marks.id)');
  const words = createWordStore(db);
  for (const ofNote of reindexNotes(db)) words.learn(ofNote);
}
