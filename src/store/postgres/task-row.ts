/** A document as a row, and what is read of stored rows. */
import { READING_VERSION, type TaskDocument } from '../../task/document.ts';
import { hashText } from '../rules/text-hash.ts';
import type { ColumnOf } from './rows.ts';
import { normalizeSeed } from './seed-column.ts';

/** The columns of a StoredTask, for every statement that returns some. */
export const STORED_TASK = `tasks.id AS id, tasks.document AS text, tasks.state AS state, tasks.created_at AS "createdAtMs",
  tasks.fetched_at AS "fetchedAtMs"`;

/** Excludes placeholder tasks. */
export const IS_DOCUMENT = 'tasks.fetched_at > 0';

/** A document that is to be stored, with the request that returned it. */
export interface ReceivedDocument {
  readonly task: TaskDocument;
  readonly fetchedAtMs: number;
  readonly requestSeq: number;
}

/** First 8 bytes of the SHA-256 of a prompt. */
export function hashPrompt(prompt: string): Buffer {
  return hashText(prompt).subarray(0, 8);
}

/** The columns that are written, by their names. */
export const TASK_COLUMNS: Readonly<Record<string, ColumnOf<ReceivedDocument>>> = {
  id: ['text', ({ task }) => task.id],
  state: ['text', ({ task }) => task.state],
  created_at: ['bigint', ({ task }) => task.createdAtMs],
  fetched_at: ['bigint', ({ fetchedAtMs }) => fetchedAtMs],
  request_seq: ['bigint', ({ requestSeq }) => requestSeq],
  hash: ['bytea', ({ task }) => hashText(task.text)],
  prompt_hash: ['bytea', ({ task }) => hashPrompt(task.prompt)],
  model: ['text', ({ task }) => task.model ?? null],
  size: ['text', ({ task }) => task.size ?? null],
  action: ['text', ({ task }) => task.action ?? null],
  type: ['text', ({ task }) => task.type],
  user_id: ['text', ({ task }) => task.userId ?? null],
  application_id: ['text', ({ task }) => task.applicationId ?? null],
  seed: ['text', ({ task }) => (task.seed === undefined ? null : normalizeSeed(task.seed))],
  cost: ['bigint', ({ task }) => task.cost ?? null],
  reading_version: ['bigint', () => READING_VERSION],
  document: ['text', ({ task }) => task.text],
};
