/**
 * Detects documents that differ from their hash or their columns, tasks without a search row, rows without their task, wrong counts,
 * marks that are not found, collections that can't be read.
 */
import { findCreationTimeMs, READING_VERSION, readDocument, type TaskDocument } from '../../task/document.ts';
import type { JsonObject } from '../../task/json-object.ts';
import type { AuditFinding } from '../contract/health.ts';
import { hashText } from '../rules/text-hash.ts';
import { findWrongCollections } from './collections/find-wrong-collections.ts';
import { findWrongCounts } from './counts.ts';
import type { Postgres, Queryable } from './database.ts';
import { findWrongMarks } from './marks/find-wrong-marks.ts';
import { TASK_COLUMNS } from './task-row.ts';
import { replaceNul } from './text-values.ts';

/** Of documents that are read at a time. */
const PAGE_SIZE = 500;

type Row = Readonly<Record<string, unknown>> & {
  readonly arrival: number;
  readonly id: string;
  readonly document: string;
  readonly hash: Buffer;
};

/** Reads every document once, in pages. @returns the inconsistencies found */
export async function audit(db: Postgres): Promise<AuditFinding[]> {
  const findings: AuditFinding[] = [];
  for await (const row of streamRows(db)) {
    if (!hashText(row.document).equals(row.hash))
      findings.push({ id: row.id, problem: 'the document differs from its hash' });
    else if (hasOtherColumns(row))
      findings.push({ id: row.id, problem: 'the columns differ from the document' });
  }
  const unindexed = await db.read<{ id: string }>(
    'SELECT id FROM tasks WHERE NOT EXISTS (SELECT 1 FROM prompts WHERE prompts.task = tasks.arrival) ORDER BY id',
  );
  for (const { id } of unindexed) findings.push({ id, problem: 'the document has no search row' });
  const orphaned = await db.read<{ id: string }>(
    `SELECT id FROM prompts WHERE NOT EXISTS (SELECT 1 FROM tasks WHERE tasks.arrival = prompts.task)
     UNION SELECT 'task ' || task FROM task_images WHERE NOT EXISTS (SELECT 1 FROM tasks WHERE tasks.arrival = task_images.task)
     ORDER BY id`,
  );
  for (const { id } of orphaned) findings.push({ id, problem: 'it has rows, but no document' });
  const misplaced = await db.read<{ id: string }>(
    `SELECT tasks.id AS id FROM prompts JOIN tasks ON tasks.arrival = prompts.task
     WHERE prompts.id <> tasks.id OR prompts.created_at <> tasks.created_at ORDER BY tasks.id`,
  );
  for (const { id } of misplaced) findings.push({ id, problem: 'the search row is that of another time' });
  for (const table of await findWrongCounts(db))
    findings.push({ id: table, problem: 'the counts differ from the tasks' });
  return [...findings, ...(await findWrongMarks(db)), ...(await findWrongCollections(db))];
}

async function* streamRows(db: Queryable): AsyncGenerator<Row> {
  for (let last = 0; ; ) {
    const rows = await db.query<Row>(
      `SELECT arrival, ${Object.keys(TASK_COLUMNS).join(', ')} FROM tasks WHERE arrival > $1 ORDER BY arrival LIMIT ${PAGE_SIZE}`,
      [last],
    );
    yield* rows;
    const end = rows.at(-1);
    if (!end) return;
    last = end.arrival;
  }
}

/** Columns that were read by other rules may differ until the document is re-read. */
function hasOtherColumns(row: Row): boolean {
  if (row.reading_version !== READING_VERSION) return false;
  try {
    const fetchedAtMs = Number(row.fetched_at);
    const task = readStoredDocument(row, fetchedAtMs);
    const received = { task, fetchedAtMs, requestSeq: Number(row.request_seq) };
    return Object.entries(TASK_COLUMNS).some(
      ([name, [, getValue]]) => !isSame(row[name], getValue(received)),
    );
  } catch {
    return true; // no mirror stores what is not a task document
  }
}

/** Reads a stored document as of when it was fetched. */
function readStoredDocument(row: Row, fetchedAtMs: number): TaskDocument {
  const value = JSON.parse(row.document) as JsonObject; // readDocument checks that it is an object
  const read = readDocument(row.document, value, fetchedAtMs);
  return {
    ...read,
    createdAtMs: findCreationTimeMs(value) ?? Number(row.created_at),
    // A placeholder's text is the mirror's own. Time may have finished a document that was pending when it was stored.
    state: fetchedAtMs === 0 || row.state === 'pending' ? 'pending' : read.state,
  };
}

function isSame(stored: unknown, expected: unknown): boolean {
  if (Buffer.isBuffer(stored)) return Buffer.isBuffer(expected) && stored.equals(expected);
  if (typeof expected === 'string') return stored === replaceNul(expected.toWellFormed());
  return stored === expected;
}
