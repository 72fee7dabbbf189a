/**
 * Reads stored documents again after the rules that read them (src/task/) have changed: newest first, a batch at a time, beside
 * everything else. The progress is stored with each batch, so a restart resumes it.
 */
import { findCreationTimeMs, MalformedDocument, READING_VERSION, readDocument } from '../../task/document.ts';
import type { TaskId } from '../../task/id.ts';
import type { JsonObject } from '../../task/json-object.ts';
import type { Sqlite } from './database.ts';
import type { Metadata } from './metadata.ts';
import { encodeSeed } from './seed-column.ts';
import type { Present } from './task-statements.ts';
import type { TaskWriter } from './task-writer.ts';

export interface Rereading {
  /** Marks all documents as to be read again, where an older version stored them. Only an owner does. */
  begin(options: { isOwner: boolean }): void;
  /** Reads a batch. @returns undefined once all are read */
  some(nowMs: number): { tasksLeft: number } | undefined;
}

interface StoredRow extends Present {
  readonly id: TaskId;
  readonly document: string;
  readonly fetchedAt: number;
  readonly type: string | null;
  readonly seed: number | Buffer | null;
}

/** Takes about 8 ms: requests wait no longer for it. */
const BATCH_SIZE = 50;

/** @param runStoring one transaction that may add documents */
export function createRereading(
  { raw }: Sqlite,
  metadata: Metadata,
  writer: Pick<TaskWriter, 'reread'>,
  runStoring: (work: () => void) => void,
): Rereading {
  // A placeholder (fetched_at = 0) is text of ours, and pending whatever it says.
  const batch = raw.prepare<[number], StoredRow>(
    `SELECT position, id, state, created_at AS createdAt, fetched_at AS fetchedAt, request_seq AS requestSeq, hash,
       prompt_hash AS promptHash, type, seed, document
     FROM tasks WHERE position < CAST(? AS INTEGER) AND fetched_at > 0 ORDER BY position DESC LIMIT ${BATCH_SIZE}`,
  );
  const left = raw.prepare<[number], { n: number }>(
    'SELECT count(*) AS n FROM tasks INDEXED BY tasks_narrow WHERE position < CAST(? AS INTEGER)',
  );
  const newest = raw.prepare<[], { position: number | null }>('SELECT max(position) AS position FROM tasks');

  const readRow = (row: StoredRow, nowMs: number): void => {
    const value = JSON.parse(row.document) as JsonObject; // it was read as a document before it was stored
    // What has not changed since it was fetched may still change: the state is as of then.
    const read = readDocument(row.document, value, row.fetchedAt);
    const task = findCreationTimeMs(value) === undefined ? { ...read, createdAtMs: row.createdAt } : read;
    const isSame =
      task.state === row.state &&
      task.createdAtMs === row.createdAt &&
      task.type === row.type &&
      isSameSeed(row.seed, task.seed);
    writer.reread(task, row, { isSame, nowMs });
  };

  return {
    begin: ({ isOwner }) => {
      if (metadata.get('reading-version') === String(READING_VERSION)) return;
      const last = newest.get()?.position ?? undefined;
      if (!isOwner && last !== undefined) return;
      runStoring(() => {
        if (last !== undefined) metadata.set('reading-gap', String(last + 1));
        metadata.set('reading-version', String(READING_VERSION));
      });
    },

    some: (nowMs) => {
      if (metadata.get('reading-gap') === undefined) return undefined;
      let last: StoredRow | undefined;
      // Read in the transaction: another process may write meanwhile.
      runStoring(() => {
        const rows = batch.all(Number(metadata.get('reading-gap') ?? 0));
        last = rows.at(-1);
        for (const row of rows) skipMalformed(() => readRow(row, nowMs));
        if (last) metadata.set('reading-gap', String(last.position));
        else metadata.clear('reading-gap');
      });
      return last && { tasksLeft: left.get(last.position)?.n ?? 0 };
    },
  };
}

function isSameSeed(stored: number | Buffer | null, read: string | undefined): boolean {
  if (stored === null || read === undefined) return stored === null && read === undefined;
  const encoded = encodeSeed(read);
  return Buffer.isBuffer(stored) ? Buffer.isBuffer(encoded) && stored.equals(encoded) : stored === encoded;
}

/** A document that an older version took and this one would not stays as it is. */
function skipMalformed(work: () => void): void {
  try {
    work();
  } catch (error) {
    if (!(error instanceof MalformedDocument || error instanceof SyntaxError)) throw error;
  }
}
