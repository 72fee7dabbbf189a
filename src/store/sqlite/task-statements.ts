/** The statements over the documents, prepared once: building a query costs as much as running it. */
import { getTableColumns, type SQL, sql } from 'drizzle-orm';
import type { TaskDocument } from '../../task/document.ts';
import type { Batch, ConcatenatedTasks, StoredTask } from '../contract/tasks.ts';
import { hashText } from '../rules/text-hash.ts';
import type { Sqlite } from './database.ts';
import { removed, tasks } from './schema.ts';
import { encodeSeed } from './seed-column.ts';

/** The columns of a StoredTask, for every statement that returns some. */
export const STORED_TASK =
  'tasks.id AS id, tasks.document AS text, tasks.state AS state, tasks.created_at AS createdAtMs, tasks.fetched_at AS fetchedAtMs';

/** Excludes placeholder tasks. */
export const IS_DOCUMENT = 'tasks.fetched_at > 0';

/** The columns of a stored document that decide whether another may replace it. */
export type Present = Pick<
  typeof tasks.$inferSelect,
  'position' | 'state' | 'createdAt' | 'requestSeq' | 'hash' | 'promptHash'
>;

type TaskRow = Omit<typeof tasks.$inferInsert, 'seed'> & { seed: number | Buffer | null };

/** A document as a row. */
export function createTaskRow(
  task: TaskDocument,
  batch: Pick<Batch, 'fetchedAtMs' | 'requestSeq'>,
  position: number,
): TaskRow {
  return {
    position,
    id: task.id,
    state: task.state,
    createdAt: task.createdAtMs,
    fetchedAt: batch.fetchedAtMs,
    requestSeq: batch.requestSeq,
    hash: hashText(task.text),
    promptHash: hashText(task.prompt).subarray(0, 8),
    model: task.model ?? null,
    size: task.size ?? null,
    action: task.action ?? null,
    type: task.type,
    userId: task.userId ?? null,
    applicationId: task.applicationId ?? null,
    seed: task.seed === undefined ? null : encodeSeed(task.seed),
    document: task.text,
    cost: task.cost ?? null,
  };
}

export type TaskStatements = ReturnType<typeof prepareTaskStatements>;

export function prepareTaskStatements({ raw, drizzle }: Sqlite) {
  const columns = bindColumns(
    'position',
    'id',
    'state',
    'createdAt',
    'fetchedAt',
    'requestSeq',
    'hash',
    'promptHash',
    'model',
    'size',
    'action',
    'type',
    'userId',
    'applicationId',
    'seed',
    'document',
    'cost',
  );
  const taskIs = sql`${tasks.id} = ${sql.placeholder('id')}`;
  const tombstoneIs = sql`${removed.id} = ${sql.placeholder('id')}`;
  return {
    get: raw.prepare<[string], StoredTask>(
      `SELECT ${STORED_TASK} FROM tasks WHERE id = ? AND ${IS_DOCUMENT}`,
    ),
    // The ids lead the join, so the rows come in the requested order.
    getMany: raw.prepare<[string], StoredTask>(
      `SELECT ${STORED_TASK} FROM json_each(?) AS asked CROSS JOIN tasks ON tasks.id = asked.value WHERE ${IS_DOCUMENT}`,
    ),
    // SQLite concatenates the bytes: as rows, each text would be decoded and re-encoded, which is most of a batch's time.
    concatFinished: raw.prepare<
      [string],
      { [Name in keyof ConcatenatedTasks]: ConcatenatedTasks[Name] | null }
    >(
      `SELECT count(*) AS count, CAST(group_concat(tasks.document) AS BLOB) AS text, min(tasks.fetched_at) AS fetchedAtMs
       FROM json_each(?) AS asked CROSS JOIN tasks ON tasks.id = asked.value WHERE tasks.state <> 'pending'`,
    ),
    highest: raw.prepare<[number, number], { highest: number | null }>(
      'SELECT max(position) AS highest FROM tasks WHERE position >= CAST(? AS INTEGER) AND position < CAST(? AS INTEGER)',
    ),
    remove: raw.prepare<[string]>('DELETE FROM tasks WHERE id = ?'),
    present: drizzle
      .select({
        position: tasks.position,
        state: tasks.state,
        createdAt: tasks.createdAt,
        requestSeq: tasks.requestSeq,
        hash: tasks.hash,
        promptHash: tasks.promptHash,
      })
      .from(tasks)
      .where(taskIs)
      .prepare(),
    insert: raw.prepare<[TaskRow]>(buildInsert()),
    update: drizzle.update(tasks).set(columns).where(taskIs).prepare(),
    updateCost: raw.prepare<[number | null, number]>(
      'UPDATE tasks SET cost = ? WHERE position = CAST(? AS INTEGER)',
    ),
    confirm: drizzle.update(tasks).set(bindColumns('fetchedAt', 'requestSeq')).where(taskIs).prepare(),
    tombstone: drizzle.select({ requestSeq: removed.requestSeq }).from(removed).where(tombstoneIs).prepare(),
    forgetTombstone: drizzle.delete(removed).where(tombstoneIs).prepare(),
    addTombstone: drizzle
      .insert(removed)
      .values(bindColumns('id', 'requestSeq'))
      .onConflictDoUpdate({ target: removed.id, set: { requestSeq: sql`excluded.request_seq` } })
      .prepare(),
  };
}

/**
 * For rows of `createTaskRow`. With OR FAIL, SQLite need not be able to undo the statement alone, for which it would copy every page that
 * the row and its triggers change: that would cost a fifth of storing. Whoever stores undoes the whole transaction or savepoint.
 */
function buildInsert(): string {
  const { service: _default, ...columns } = getTableColumns(tasks);
  const names = Object.values(columns).map(({ name }) => name);
  const values = Object.keys(columns).map((key) => `@${key}`);
  return `INSERT OR FAIL INTO tasks (${names.join(', ')}) VALUES (${values.join(', ')})`;
}

/** Columns whose values are bound when the statement runs. */
function bindColumns<Name extends string>(...names: Name[]): Record<Name, SQL> {
  return Object.fromEntries(names.map((name) => [name, sql`${sql.placeholder(name)}`])) as Record<Name, SQL>;
}
