/** The words of notes alone: which of those that are searched for are in a note. */
import type { TextNode } from '../../../search/ast.ts';
import { hasMatch } from '../../../search/matches.ts';
import { createIndexEntry, extractTerms } from '../../../search/terms.ts';
import type { Sqlite } from '../database.ts';
import type { Condition } from '../filter-sql.ts';

export interface NoteIndex {
  /** Inside a transaction: the note of `marks.key` has changed. @returns the distinct words of the new one */
  write(key: number, note: string): ReadonlySet<string>;
}

export function createNoteIndex({ raw }: Pick<Sqlite, 'raw'>): NoteIndex {
  const remove = raw.prepare<[number]>('DELETE FROM note_index WHERE rowid = CAST(? AS INTEGER)');
  const insert = raw.prepare<[number, string]>(
    'INSERT INTO note_index (rowid, terms) VALUES (CAST(? AS INTEGER), ?)',
  );
  return {
    write: (key, note) => {
      remove.run(key);
      const { terms, words } = createIndexEntry(note);
      if (note !== '') insert.run(key, terms);
      return words;
    },
  };
}

/**
 * Indexes all notes, in the caller's transaction: after text preparation has changed, and in a copy of a foreign database.
 * @returns their words
 */
export function reindexNotes({ raw }: Pick<Sqlite, 'raw'>): ReadonlySet<string>[] {
  const index = createNoteIndex({ raw });
  raw.exec("INSERT INTO note_index (note_index) VALUES ('delete-all')");
  const rows = raw
    .prepare<[], { key: number; note: string }>("SELECT key, note FROM marks WHERE note <> ''")
    .all();
  return rows.map(({ key, note }) => index.write(key, note));
}

/** Tells which words some note has. The search index finds them with those of prompts, but not all tasks of a prompt have them then. */
export function createNoteCheck({ raw }: Pick<Sqlite, 'raw'>): (match: string) => boolean {
  const isAny = raw.prepare("SELECT 1 FROM marks WHERE note <> '' LIMIT 1").get() !== undefined;
  if (!isAny) return () => false;
  const find = raw.prepare<[string]>('SELECT 1 FROM note_index WHERE note_index MATCH ? LIMIT 1');
  return (match) => find.get(match) !== undefined;
}

/** The condition that the note of a row has a leaf. */
export function buildNoteCondition(leaf: TextNode, row: string): Condition {
  return {
    sql: `EXISTS (SELECT 1 FROM marks WHERE note <> '' AND marks.position = ${row}.position AND note_contains(note, ?)) = 1`,
    params: [JSON.stringify(leaf)],
  };
}

/** The SQL function `note_contains(note, leaf)`. */
export function defineNoteFunction({ raw, checkInterrupt }: Sqlite): void {
  raw.function('note_contains', { deterministic: true }, (note, leaf) => {
    checkInterrupt?.();
    return hasMatch(JSON.parse(String(leaf)) as TextNode, extractTerms(String(note))) ? 1 : 0;
  });
}
