/** Compares the columns of a task with what its document says. Limits of tokens and filters read the columns only. */
import { findCreationTimeMs, readDocument, type TaskDocument } from '../../../task/document.ts';
import type { JsonObject } from '../../../task/json-object.ts';
import { computeSlot } from '../position.ts';
import { createTaskRow, type Present } from '../task-statements.ts';

/** A task with every column that is read from its document. */
export interface DerivedRow extends Present {
  readonly id: string;
  readonly fetchedAt: number;
  readonly model: string | null;
  readonly size: string | null;
  readonly action: string | null;
  readonly type: string | null;
  readonly userId: string | null;
  readonly applicationId: string | null;
  readonly seed: number | Buffer | null;
  readonly cost: number | null;
  readonly document: string;
}

/** The columns of a DerivedRow, as SQL. */
export const DERIVED_ROW = `position, id, state, created_at AS createdAt, fetched_at AS fetchedAt, request_seq AS requestSeq, hash,
  prompt_hash AS promptHash, model, size, action, type, user_id AS userId, application_id AS applicationId, seed, document, cost`;

/** Those that earlier versions read by the same rules, so that they are right even before documents are re-read. */
export const STABLE_COLUMNS = [
  'id',
  'promptHash',
  'model',
  'size',
  'action',
  'userId',
  'applicationId',
] as const;

type Column = (typeof STABLE_COLUMNS)[number] | 'state' | 'createdAt' | 'type' | 'seed';

const COLUMNS: readonly Column[] = [...STABLE_COLUMNS, 'state', 'createdAt', 'type', 'seed'];

/** Reads a stored document as of when it was fetched. @throws when it can't have been stored by the mirror */
export function readStoredDocument(row: DerivedRow): TaskDocument {
  const value = JSON.parse(row.document) as JsonObject; // readDocument checks that it is an object
  const read = readDocument(row.document, value, row.fetchedAt);
  return {
    ...read,
    createdAtMs: findCreationTimeMs(value) ?? row.createdAt,
    // A placeholder's text is the mirror's own.
    state: row.fetchedAt === 0 ? 'pending' : read.state,
  };
}

/** Whether any of these columns is not as the document says; the cost is not among them, for most tasks of older versions lack it. */
export function differs(row: DerivedRow, task: TaskDocument, columns: readonly Column[] = COLUMNS): boolean {
  const expected = createTaskRow(
    task,
    { fetchedAtMs: row.fetchedAt, requestSeq: row.requestSeq },
    row.position,
  );
  return columns.some((column) => !isSame(row[column], expected[column]));
}

/** Whether a row stands before the slot of its time, where no search limited by time would find it. */
export function isMisplaced({ position }: DerivedRow, { createdAtMs }: TaskDocument): boolean {
  return position < computeSlot(createdAtMs);
}

function isSame(stored: unknown, expected: unknown): boolean {
  if (Buffer.isBuffer(stored)) return Buffer.isBuffer(expected) && stored.equals(expected);
  if (typeof stored === 'string' && typeof expected === 'string')
    return stored === expected || replaceInvalid(stored) === replaceInvalid(expected);
  return stored === expected;
}

/** Half a surrogate pair is read back as several U+FFFD, how many depends on who encoded it. */
function replaceInvalid(text: string): string {
  return text.replace(/[\p{Surrogate}\ufffd]+/gu, '\ufffd');
}
