/**
 * Re-reads stored documents after the rules that read them (src/task/) have changed, newest first, by any process, while everything else
 * continues. What a process of an older version stores meanwhile is re-read as well.
 */
import { findCreationTimeMs, READING_VERSION, readDocument, type TaskDocument } from '../../task/document.ts';
import type { TaskId } from '../../task/id.ts';
import type { JsonObject } from '../../task/json-object.ts';
import type { TaskStore } from '../contract/tasks.ts';
import type { Postgres, Queryable } from './database.ts';
import { concernsOneRow } from './errors.ts';
import { enqueueImages } from './images/queue.ts';
import type { WordStore } from './search/words.ts';
import { normalizeSeed } from './seed-column.ts';
import type { ReplacingDocument, StoredVersion, TaskWriter, Written } from './task-writer.ts';
import { createWritten } from './tasks.ts';
import { addTracked } from './tracking.ts';
import { runInTransaction, type Transaction } from './transaction.ts';

const BATCH_SIZE = 50;

interface StoredRow extends StoredVersion {
  readonly id: TaskId;
  readonly document: string;
  readonly fetchedAt: number;
  readonly type: string | null;
  readonly seed: string | null;
}

export interface RereadingDeps {
  readonly writer: Pick<TaskWriter, 'replace'>;
  readonly words: Pick<WordStore, 'learn' | 'count'>;
  readonly archivesInputs: boolean;
}

/** A placeholder's text is the mirror's own, and always pending. */
const IS_STALE = `reading_version < ${READING_VERSION} AND fetched_at > 0`;

export function createRereading(
  db: Postgres,
  { writer, words, archivesInputs }: RereadingDeps,
): Pick<TaskStore, 'rereadSome'> {
  const reread = async (tx: Queryable, row: StoredRow, nowMs: number, written: Written): Promise<void> => {
    const value = JSON.parse(row.document) as JsonObject; // validated before it was stored
    // As of when it was fetched: what has not changed since may still change.
    const read = readDocument(row.document, value, row.fetchedAt);
    const task = findCreationTimeMs(value) === undefined ? { ...read, createdAtMs: row.createdAt } : read;
    const received: ReplacingDocument = {
      ...{ task, stored: row, fetchedAtMs: row.fetchedAt, requestSeq: row.requestSeq },
    };
    if (isSame(row, task)) {
      await tx.execute('UPDATE tasks SET cost = $2 WHERE arrival = $1 AND cost IS DISTINCT FROM $2::bigint', [
        row.arrival,
        task.cost ?? null,
      ]);
      const images = { key: row.arrival, links: task, nowMs: row.fetchedAt };
      if (task.state === 'succeeded') await enqueueImages(tx, [images], archivesInputs);
    } else await writer.replace(tx, [received], {}, written);
    // It was considered finished too early.
    if (task.state === 'pending' && row.state !== 'pending')
      await addTracked(tx, [row.id], { nowMs, dueAtMs: nowMs });
  };

  /** One document that can't be processed must not stop the others: it stays as it is. */
  const skipUnusable = async (tx: Transaction, work: () => Promise<void>): Promise<void> => {
    try {
      await tx.savepoint(work);
    } catch (error) {
      if (!concernsOneRow(error)) throw error;
    }
  };

  return {
    rereadSome: async (nowMs) => {
      const candidates = await db.read<{ id: TaskId }>(
        `SELECT id FROM tasks WHERE ${IS_STALE} ORDER BY reading_version DESC, created_at DESC LIMIT ${BATCH_SIZE}`,
      );
      if (candidates.length === 0) return undefined;
      const ids = candidates.map(({ id }) => id);
      const written = await runInTransaction(db, { ids, isRepeatable: true }, async (tx) => {
        const done = createWritten();
        for (const row of await readStale(tx, ids))
          await skipUnusable(tx, () => reread(tx, row, nowMs, done));
        await tx.execute(`UPDATE tasks SET reading_version = $2 WHERE id = ANY($1::text[]) AND ${IS_STALE}`, [
          ids,
          READING_VERSION,
        ]);
        await words.learn(tx, done.words);
        return done;
      });
      words.count(written.newPrompts);
      const [left] = await db.read<{ n: number }>(`SELECT count(*) AS n FROM tasks WHERE ${IS_STALE}`);
      return { tasksLeft: left?.n ?? 0 };
    },
  };
}

async function readStale(tx: Queryable, ids: readonly TaskId[]): Promise<StoredRow[]> {
  return tx.query(
    `SELECT arrival, id, state, created_at AS "createdAt", fetched_at AS "fetchedAt", request_seq AS "requestSeq", hash,
       prompt_hash AS "promptHash", type, seed, document
     FROM tasks WHERE id = ANY($1::text[]) AND ${IS_STALE}`,
    [ids],
  );
}

function isSame(row: StoredRow, task: TaskDocument): boolean {
  const seed = task.seed === undefined ? null : normalizeSeed(task.seed);
  return (
    task.state === row.state &&
    task.createdAtMs === row.createdAt &&
    task.type === row.type &&
    seed === row.seed
  );
}
