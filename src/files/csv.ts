/** Formats documents as CSV. The columns are documented in docs/capture.md. */
import { stringify } from 'csv-stringify/sync';
import type { StoredTask } from '../store/contract/tasks.ts';
import { readDocument } from '../task/document.ts';
import { getOwn, getOwnObject, getOwnString, type JsonObject } from '../task/json-object.ts';
import { listImageUrls } from '../task/state.ts';

const CSV_COLUMNS = [
  'id',
  'created_at',
  'state',
  'action',
  'model',
  'size',
  'seed',
  'prompt',
  'user_id',
  'application_id',
  'image_urls',
  'error_code',
  'error_message',
  'cost_amount',
  'cost_currency',
] as const;

type CsvRow = Record<(typeof CSV_COLUMNS)[number], string | number | undefined>;

/** The header line. */
export function formatCsvHeader(): string {
  return formatCsv([Object.fromEntries(CSV_COLUMNS.map((name) => [name, name]))]);
}

/** RFC 4180. Values that a spreadsheet would take for a formula are prefixed with an apostrophe. */
export function formatCsvLines(tasks: readonly StoredTask[]): string {
  return formatCsv(tasks.map(createCsvRow));
}

function formatCsv(rows: readonly Record<string, unknown>[]): string {
  return stringify([...rows], {
    columns: [...CSV_COLUMNS],
    record_delimiter: 'windows',
    escape_formulas: true,
    quoted_match: /[\r\n]/, // by default only CRLF as a pair is quoted
  });
}

function createCsvRow(task: StoredTask): CsvRow {
  const value = JSON.parse(task.text) as JsonObject; // it was parsed as a document before it was stored
  const { action, model, size, seed, prompt, userId, applicationId } = readDocument(
    task.text,
    value,
    task.fetchedAtMs,
  );
  const response = getOwnObject(value, 'response');
  const error = getOwnObject(response, 'error');
  const cost = getOwnObject(response, 'cost');
  return {
    id: task.id,
    created_at: new Date(task.createdAtMs).toISOString(),
    state: task.state,
    action,
    model,
    size,
    seed,
    prompt,
    user_id: userId,
    application_id: applicationId,
    image_urls: listImageUrls(value).join(' '),
    error_code: readScalar(getOwn(error, 'code')),
    error_message: getOwnString(error, 'message') ?? getOwnString(response, 'error'),
    cost_amount: readScalar(getOwn(cost, 'amount')),
    cost_currency: readScalar(getOwn(cost, 'currency')),
  };
}

function readScalar(value: unknown): string | number | undefined {
  return typeof value === 'string' || typeof value === 'number' ? value : undefined;
}
