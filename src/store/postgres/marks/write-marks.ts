/** Writes marks with all that is derived from them: tags one by one, what hides tasks, the words of notes, search rows. */
import { getPrompt } from '../../../task/document.ts';
import { areSameMarks, type Marks, NO_MARKS } from '../../../task/marks.ts';
import type { TaskMarks } from '../../contract/marks.ts';
import { numberParams } from '../conditions.ts';
import type { Queryable } from '../database.ts';
import { buildRows, type ColumnOf } from '../rows.ts';
import { createNoteEntry } from '../search/index-entry.ts';
import { storePrompts } from '../search/store-prompts.ts';
import type { WordStore } from '../search/words.ts';

export interface MarkWrite {
  /** `arrival` of the task. */
  readonly task: number;
  /** As they are stored; undefined: it was never marked. */
  readonly before: Marks | undefined;
  readonly after: TaskMarks;
}

/** In a transaction that holds the ids. @param writes one for each task, in the order in which they are first marked */
export async function writeMarks(
  tx: Queryable,
  writes: readonly MarkWrite[],
  words: Pick<WordStore, 'learn'>,
): Promise<void> {
  if (writes.length === 0) return;
  await upsertMarks(tx, writes);
  const changes = writes
    .map(({ before = NO_MARKS, ...write }) => ({ ...write, before }))
    .filter(({ before, after }) => !areSameMarks(before, after));
  if (changes.length === 0) return;
  await hideTasks(tx, changes);
  await writeTags(tx, changes);
  const entries = await rewritePrompts(tx, changes);
  await words.learn(
    tx,
    entries.flatMap(({ ofNote }) => [...ofNote]),
  );
}

type Change = MarkWrite & { readonly before: Marks };

const MARK_COLUMNS: Readonly<Record<string, ColumnOf<MarkWrite & { readonly note: NoteEntry }>>> = {
  id: ['text', ({ after }) => after.id],
  task: ['bigint', ({ task }) => task],
  is_starred: ['boolean', ({ after }) => after.starred],
  rating: ['bigint', ({ after }) => after.rating],
  tags: ['text', ({ after }) => JSON.stringify(after.tags)],
  note: ['text', ({ after }) => after.note],
  note_terms: ['text', ({ note }) => note.terms],
  note_words: ['text', ({ note }) => note.words],
  note_tokens: ['tsvector', ({ note }) => note.tokens],
  is_hidden: ['boolean', ({ after }) => after.hidden],
  version: ['bigint', ({ after }) => after.version],
  changed_at: ['bigint', ({ after }) => after.changedAtMs],
};
const MARK_NAMES = Object.keys(MARK_COLUMNS);

type NoteEntry = ReturnType<typeof createNoteEntry>;
const NO_NOTE: NoteEntry = { terms: '', words: '', tokens: '' };

async function upsertMarks(tx: Queryable, writes: readonly MarkWrite[]): Promise<void> {
  const rows = writes.map((write) => {
    const { note } = write.after;
    return { ...write, note: note === '' ? NO_NOTE : createNoteEntry(note) };
  });
  const written = buildRows('written', MARK_COLUMNS, rows);
  await tx.execute(
    numberParams(
      `INSERT INTO marks (${MARK_NAMES.join(', ')}) SELECT ${MARK_NAMES.join(', ')} FROM ${written.sql} ORDER BY position
       ON CONFLICT (id) DO UPDATE SET ${MARK_NAMES.map((name) => `${name} = excluded.${name}`).join(', ')}`,
    ),
    written.params,
  );
}

/** Where hidden tasks, and tags of hidden tasks, are counted. */
async function hideTasks(tx: Queryable, changes: readonly Change[]): Promise<void> {
  const turned = changes.filter(({ before, after }) => before.hidden !== after.hidden);
  if (turned.length === 0) return;
  const { sql, params } = buildRows<Change>(
    'turned',
    { task: ['bigint', ({ task }) => task], is_hidden: ['boolean', ({ after }) => after.hidden] },
    turned,
  );
  const update = (table: string, key: string) =>
    tx.execute(
      numberParams(
        `UPDATE ${table} SET is_hidden = turned.is_hidden FROM ${sql} WHERE ${table}.${key} = turned.task`,
      ),
      params,
    );
  await update('tasks', 'arrival');
  await update('mark_tags', 'task');
}

async function writeTags(tx: Queryable, changes: readonly Change[]): Promise<void> {
  const gone = changes.flatMap((change) => listMissing(change, change.before, change.after));
  if (gone.length > 0) {
    const { sql, params } = buildRows('gone', TAG_COLUMNS, gone);
    await tx.execute(
      numberParams(
        `DELETE FROM mark_tags USING ${sql} WHERE mark_tags.tag = gone.tag AND mark_tags.task = gone.task`,
      ),
      params,
    );
  }
  const added = changes.flatMap((change) => listMissing(change, change.after, change.before));
  if (added.length > 0) {
    const { sql, params } = buildRows('added', TAG_COLUMNS, added);
    await tx.execute(
      numberParams(
        `INSERT INTO mark_tags (tag, task, is_hidden) SELECT added.tag, added.task, added.is_hidden FROM ${sql}`,
      ),
      params,
    );
  }
}

interface TagRow {
  readonly tag: string;
  readonly task: number;
  readonly isHidden: boolean;
}

const TAG_COLUMNS: Readonly<Record<string, ColumnOf<TagRow>>> = {
  tag: ['text', ({ tag }) => tag],
  task: ['bigint', ({ task }) => task],
  is_hidden: ['boolean', ({ isHidden }) => isHidden],
};

/** The tags of `some` that `others` have not. */
function listMissing({ task, after }: Change, some: Marks, others: Marks): TagRow[] {
  const there = new Set(others.tags);
  return some.tags.filter((tag) => !there.has(tag)).map((tag) => ({ tag, task, isHidden: after.hidden }));
}

async function rewritePrompts(tx: Queryable, changes: readonly Change[]) {
  const marks = new Map(changes.map(({ task, after }) => [task, after]));
  const rows = await tx.query<{ task: number; id: string; createdAtMs: number; document: string }>(
    `SELECT arrival AS task, id, created_at AS "createdAtMs", document FROM tasks WHERE arrival = ANY($1::bigint[])`,
    [[...marks.keys()]],
  );
  return storePrompts(
    tx,
    rows.map(({ document, ...row }) => ({
      ...row,
      prompt: getPrompt(document),
      marks: marks.get(row.task),
    })),
  );
}
