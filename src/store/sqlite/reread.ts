/** Re-reads stored documents after the rules that read them (src/task/) have changed. */
import { findCreationTimeMs, READING_VERSION, readDocument } from '../../task/document.ts';
import type { TaskId } from '../../task/id.ts';
import type { JsonObject } from '../../task/json-object.ts';
import type { Sqlite } from './database.ts';
import type { Metadata } from './metadata.ts';
import { encodeSeed } from './seed-column.ts';
import { createTaskPass, type TaskPass } from './task-pass.ts';
import type { Present } from './task-statements.ts';
import type { TaskWriter } from './task-writer.ts';

interface StoredRow extends Present {
  readonly id: TaskId;
  readonly document: string;
  readonly fetchedAt: number;
  readonly type: string | null;
  readonly seed: number | Buffer | null;
  readonly cost: number | null;
}

/** @param transaction runs one transaction that may add documents */
export function createRereading(
  db: Sqlite,
  metadata: Metadata,
  writer: Pick<TaskWriter, 'reread'>,
  transaction: (work: () => void) => void,
): TaskPass {
  const reread = (row: StoredRow, nowMs: number): void => {
    const value = JSON.parse(row.document) as JsonObject; // validated before it was stored
    // As of when it was fetched: what has not changed since may still change.
    const read = readDocument(row.document, value, row.fetchedAt);
    const task = findCreationTimeMs(value) === undefined ? { ...read, createdAtMs: row.createdAt } : read;
    const isSame =
      task.state === row.state &&
      task.createdAtMs === row.createdAt &&
      task.type === row.type &&
      isSameSeed(row.seed, task.seed);
    writer.reread(task, row, { isSame, nowMs });
  };

  return createTaskPass<StoredRow>(db, metadata, {
    keys: { version: 'reading-version', gap: 'reading-gap' },
    version: READING_VERSION,
    batchSize: 50, // about 8 ms, for which requests wait
    columns: `position, id, state, created_at AS createdAt, fetched_at AS fetchedAt, request_seq AS requestSeq, hash,
      prompt_hash AS promptHash, type, seed, document, cost`,
    condition: 'fetched_at > 0', // a placeholder's text is the mirror's own, and always pending
    transaction,
    process: reread,
  });
}

function isSameSeed(stored: number | Buffer | null, read: string | undefined): boolean {
  if (stored === null || read === undefined) return stored === null && read === undefined;
  const encoded = encodeSeed(read);
  return Buffer.isBuffer(stored) ? Buffer.isBuffer(encoded) && stored.equals(encoded) : stored === encoded;
}
