/**
 * Makes search rows anew after text preparation has changed, newest first, by any server, while searches go on. What a server of an
 * older version writes meanwhile is taken again.
 */
import { getPrompt } from '../../../task/document.ts';
import type { TaskId } from '../../../task/id.ts';
import type { SearchStore } from '../../contract/search.ts';
import type { Postgres, Queryable } from '../database.ts';
import { concernsOneRow } from '../errors.ts';
import { readMarks } from '../marks/read-marks.ts';
import { runInTransaction, type Transaction } from '../transaction.ts';
import { createNoteEntry, ENTRY_VERSION, NO_WORD } from './index-entry.ts';
import { type PromptRow, storePrompts } from './store-prompts.ts';
import type { WordStore } from './words.ts';

/** Few enough that whoever writes one of them hardly waits. */
const BATCH_SIZE = 100;
const IS_OLD = `prompts.terms_version < ${ENTRY_VERSION}`;

/** A search row that is to be made anew. */
interface OldRow {
  readonly task: number;
  readonly id: TaskId;
  readonly createdAtMs: number;
  readonly document: string;
  /** Of the row as it is. */
  readonly words: string;
}

interface Rewritten {
  readonly rows: number;
  /** The words of each prompt that its row did not have. */
  readonly newWords: readonly ReadonlySet<string>[];
}

export function createReindexing(db: Postgres, words: WordStore): Pick<SearchStore, 'reindexSome'> {
  /** Counted now and then: of a million rows that takes longer than to make a batch anew. */
  let tasksLeft = 0;

  return {
    reindexSome: async () => {
      if (!(await isAnyOld(db))) return undefined;
      const { rows, newWords } = await runInTransaction(db, { isSilent: true }, (tx) =>
        rewriteSome(tx, words),
      );
      words.count(newWords);
      tasksLeft -= rows;
      if (tasksLeft <= 0) tasksLeft = await countOld(db);
      return { tasksLeft };
    },
  };
}

/**
 * From when on all tasks have search rows of this version, epoch milliseconds; undefined when all have. Each older version has its own
 * place in the index.
 */
export async function readIndexedFrom(db: Queryable): Promise<number | undefined> {
  const [row] = await db.query<{ at: number | null }>(
    `SELECT max(newest.at) AS at FROM generate_series(0, ${ENTRY_VERSION} - 1) AS older (version), LATERAL (
       SELECT created_at AS at FROM prompts WHERE terms_version = older.version ORDER BY created_at DESC LIMIT 1) AS newest`,
  );
  return row?.at == null ? undefined : row.at + 1;
}

async function isAnyOld(db: Postgres): Promise<boolean> {
  return (await db.read(`SELECT 1 FROM prompts WHERE ${IS_OLD} LIMIT 1`)).length > 0;
}

async function countOld(db: Postgres): Promise<number> {
  const [row] = await db.read<{ n: number }>(`SELECT count(*) AS n FROM prompts WHERE ${IS_OLD}`);
  return row?.n ?? 0;
}

async function rewriteSome(tx: Transaction, words: WordStore): Promise<Rewritten> {
  // When others work on all that is left, waits for the first of them rather than asking again and again.
  const free = await takeOld(tx, `LIMIT ${BATCH_SIZE} FOR UPDATE OF prompts SKIP LOCKED`);
  const old = free.length > 0 ? free : await takeOld(tx, 'LIMIT 1 FOR UPDATE OF prompts');
  const marks = await readMarks(
    tx,
    old.map(({ id }) => id),
  );
  const rows = old.map(
    ({ task, id, createdAtMs, document }): PromptRow => ({
      ...{ task, id, createdAtMs, marks: marks.get(id) },
      prompt: readPrompt(document),
    }),
  );
  const entries = await storeUsable(tx, rows);
  await storeNotes(tx, rows);
  await words.learn(
    tx,
    entries.flatMap((entry) => (entry ? [...entry.ofPrompt, ...entry.ofNote] : [])),
  );
  const newWords = old.map((row, at) => findNew(entries[at]?.ofPrompt ?? new Set(), row.words));
  return { rows: old.length, newWords };
}

/** @returns nothing of a document that can't be read: it must not stop the others */
function readPrompt(document: string): string {
  try {
    return getPrompt(document);
  } catch (error) {
    if (error instanceof SyntaxError) return '';
    throw error;
  }
}

/**
 * Locks the rows, and nothing else: who writes one of these tasks waits for it at its end, and has read what is newer than what is read
 * here. @param clause which of them
 */
function takeOld(tx: Transaction, clause: string): Promise<OldRow[]> {
  return tx.query<OldRow>(
    `SELECT prompts.task AS task, prompts.id AS id, prompts.created_at AS "createdAtMs", prompts.words AS words, tasks.document AS document
     FROM prompts JOIN tasks ON tasks.arrival = prompts.task WHERE ${IS_OLD}
     ORDER BY prompts.terms_version DESC, prompts.created_at DESC ${clause}`,
  );
}

/** One prompt that can't be indexed must not stop the others: its row stays, as one of this version. */
async function storeUsable(
  tx: Transaction,
  rows: readonly PromptRow[],
): Promise<(Awaited<ReturnType<typeof storePrompts>>[number] | undefined)[]> {
  try {
    return await tx.savepoint(() => storePrompts(tx, rows));
  } catch (error) {
    if (!concernsOneRow(error)) throw error;
    if (rows.length > 1) {
      const entries = [];
      for (const row of rows) entries.push(...(await storeUsable(tx, [row])));
      return entries;
    }
    await tx.execute('UPDATE prompts SET terms_version = $2 WHERE task = $1', [rows[0]?.task, ENTRY_VERSION]);
    return [undefined];
  }
}

/** The notes of the tasks are indexed by themselves, too. */
async function storeNotes(tx: Transaction, rows: readonly PromptRow[]): Promise<void> {
  const noted = rows.flatMap(({ task, marks }) =>
    marks?.note ? [{ task, ...createNoteEntry(marks.note) }] : [],
  );
  if (noted.length === 0) return;
  await tx.execute(
    `UPDATE marks SET note_terms = noted.terms, note_words = noted.words, note_tokens = noted.tokens::tsvector
     FROM unnest($1::bigint[], $2::text[], $3::text[], $4::text[]) AS noted (task, terms, words, tokens)
     WHERE marks.task = noted.task`,
    [
      noted.map(({ task }) => task),
      noted.map(({ terms }) => terms),
      noted.map(({ words }) => words),
      noted.map(({ tokens }) => tokens),
    ],
  );
}

/** The words that an old row does not have: the others are counted already. */
function findNew(words: ReadonlySet<string>, old: string): ReadonlySet<string> {
  const known = new Set(old.split(' '));
  return new Set([...words].filter((word) => word !== NO_WORD && !known.has(word)));
}
