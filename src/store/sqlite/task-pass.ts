/**
 * A pass over all stored tasks after an upgrade: newest first, in batches, while everything else continues. Progress is stored
 * with each batch, so that it resumes after a restart.
 */
import { runInTransaction, type Sqlite } from './database.ts';
import { concernsOneRow } from './errors.ts';
import type { Metadata } from './metadata.ts';

export interface TaskPassOptions<Row> {
  /** Where the version of the last completed or started pass is stored, and how far it is. */
  readonly keys:
    | { readonly version: 'terms-version'; readonly gap: 'index-gap' }
    | { readonly version: 'reading-version'; readonly gap: 'reading-gap' };
  /** Raising it starts a new pass. */
  readonly version: number;
  readonly batchSize: number;
  /** The columns of a row, as SQL. */
  readonly columns: string;
  /** The tasks it is about, as SQL. */
  readonly condition?: string;
  /** Prepares a new pass, in its transaction. */
  onBegin?(): void;
  /** Runs one transaction that may add documents or words. */
  transaction(work: () => void): void;
  process(row: Row, nowMs: number): void;
}

export interface TaskPass {
  /** Starts a pass if the version has changed. Only the owner does this: a command beside a server leaves it to the server. */
  begin(options: { isOwner: boolean }): void;
  /** Processes one batch. @returns undefined once all tasks are processed */
  runBatch(nowMs: number): { tasksLeft: number } | undefined;
}

export function createTaskPass<Row extends { readonly position: number }>(
  db: Sqlite,
  metadata: Metadata,
  options: TaskPassOptions<Row>,
): TaskPass {
  const { raw } = db;
  const { keys, version, columns, condition = 'TRUE', batchSize } = options;
  const selectBatch = raw.prepare<[number], Row>(
    `SELECT ${columns} FROM tasks WHERE position < CAST(? AS INTEGER) AND ${condition} ORDER BY position DESC LIMIT ${batchSize}`,
  );
  const countLeft = raw.prepare<[number], { n: number }>(
    'SELECT count(*) AS n FROM tasks INDEXED BY tasks_narrow WHERE position < CAST(? AS INTEGER)',
  );
  const countBefore = (position: number): number => countLeft.get(position)?.n ?? 0;
  const selectNewest = raw.prepare<[], { position: number | null }>(
    'SELECT max(position) AS position FROM tasks',
  );

  /** Counted once, for at 1,000,000 tasks it takes longer than a batch. */
  let tasksLeft: number | undefined;

  return {
    begin: ({ isOwner }) => {
      if (metadata.get(keys.version) === String(version)) return;
      const newest = selectNewest.get()?.position ?? undefined;
      if (!isOwner && newest !== undefined) return;
      runInTransaction(db, () => {
        options.onBegin?.();
        if (newest !== undefined) metadata.set(keys.gap, String(newest + 1));
        metadata.set(keys.version, String(version));
      });
    },

    runBatch: (nowMs) => {
      if (metadata.get(keys.gap) === undefined) return undefined;
      let last: Row | undefined;
      let processed = 0;
      options.transaction(() => {
        // Inside the transaction, because other processes may write in between.
        const rows = selectBatch.all(Number(metadata.get(keys.gap) ?? 0));
        for (const row of rows) skipUnusable(db, () => options.process(row, nowMs));
        last = rows.at(-1);
        processed = rows.length;
        if (last) metadata.set(keys.gap, String(last.position));
        else metadata.clear(keys.gap);
      });
      if (!last) return undefined;
      tasksLeft = Math.max(0, tasksLeft === undefined ? countBefore(last.position) : tasksLeft - processed);
      return { tasksLeft };
    },
  };
}

/** One document that can't be processed must not stop the pass: it stays as it is. Errors of the database do stop it. */
function skipUnusable(db: Sqlite, work: () => void): void {
  try {
    runInTransaction(db, work); // inside one, it is undone alone
  } catch (error) {
    if (!concernsOneRow(error)) throw error;
  }
}
