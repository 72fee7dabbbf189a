/** Formats documents as CSV. The columns are documented in docs/capture.md. */
import { stringify } from 'csv-stringify/sync';
import type { StoredTask } from '../store/contract/tasks.ts';
import { type Artifact, listArtifacts } from '../task/artifacts.ts';
import { readDocument } from '../task/document.ts';
import { getOwn, getOwnObject, getOwnString, type JsonObject } from '../task/json-object.ts';
import { type Marks, NO_MARKS } from '../task/marks.ts';
import { getResponse } from '../task/members.ts';

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
  'video_urls',
  'video_seconds',
  'video_sizes',
  'video_fps',
  'archived_files',
  'starred',
  'rating',
  'tags',
  'note',
  'hidden',
] as const;

type CsvRow = Record<(typeof CSV_COLUMNS)[number], string | number | bigint | undefined>;

/** What the mirror has of a task beside its document. */
export interface CsvExtras {
  /** The places of its archived files. */
  readonly files?: readonly string[];
  /** Absent: none. */
  readonly marks?: Marks | undefined;
}

/** By this, spreadsheets recognise UTF-8. */
const BYTE_ORDER_MARK = '\ufeff';

/** The beginning of the file: byte order mark and header line. */
export function formatCsvHeader(): string {
  return BYTE_ORDER_MARK + formatCsv([Object.fromEntries(CSV_COLUMNS.map((name) => [name, name]))]);
}

/** RFC 4180. Values that a spreadsheet would take for a formula are prefixed with an apostrophe. */
export function formatCsvLines(
  tasks: readonly StoredTask[],
  getExtras: (task: StoredTask) => CsvExtras = () => ({}),
): string {
  return formatCsv(tasks.map((task) => createCsvRow(task, getExtras(task))));
}

/** Paths may contain spaces. */
const FILE_SEPARATOR = '|';
/** Tags may, too. */
const TAG_SEPARATOR = '; ';
/** Some spreadsheets skip white space before a formula. */
const FORMULA_AFTER_SPACE = /^\s+[=+\-@\uff1d\uff0b\uff0d\uff20]/;

function formatCsv(rows: readonly Record<string, unknown>[]): string {
  return stringify([...rows], {
    columns: [...CSV_COLUMNS],
    record_delimiter: 'windows',
    escape_formulas: true,
    cast: {
      // A negative seed or cost is not a formula.
      bigint: (value) => ({ value: String(value), escape_formulas: false }),
      number: (value) => ({ value: String(value), escape_formulas: false }),
      string: (value) => (FORMULA_AFTER_SPACE.test(value) ? `'${value}` : value),
    },
    quoted_match: /[\r\n]/, // by default only CRLF as a pair is quoted
  });
}

function createCsvRow(task: StoredTask, { files = [], marks = NO_MARKS }: CsvExtras): CsvRow {
  const value = JSON.parse(task.text) as JsonObject; // it was parsed as a document before it was stored
  const { action, model, size, seed, prompt, userId, applicationId } = readDocument(
    task.text,
    value,
    task.fetchedAtMs,
  );
  const response = getResponse(value) ?? {};
  const error = getOwnObject(response, 'error');
  const cost = getOwnObject(response, 'cost');
  const artifacts = listArtifacts(value);
  const images = artifacts.filter((artifact) => artifact.kind === 'images');
  const videos = artifacts.filter((artifact) => artifact.kind === 'videos');
  return {
    id: task.id,
    created_at: new Date(task.createdAtMs).toISOString(),
    state: task.state,
    action,
    model,
    size,
    seed: seed === undefined ? undefined : BigInt(seed),
    prompt,
    user_id: userId,
    application_id: applicationId,
    image_urls: joinValues(images, ({ url }) => url),
    error_code: readScalar(getOwn(error, 'code')),
    error_message: getOwnString(error, 'message') ?? getOwnString(response, 'error'),
    cost_amount: readScalar(getOwn(cost, 'amount')),
    cost_currency: readScalar(getOwn(cost, 'currency')),
    video_urls: joinValues(videos, ({ url }) => url),
    video_seconds: joinValues(videos, ({ seconds }) => seconds),
    video_sizes: joinValues(videos, ({ width, height }) =>
      width && height ? `${width}x${height}` : undefined,
    ),
    video_fps: joinValues(videos, ({ fps }) => fps),
    archived_files: files.join(FILE_SEPARATOR),
    starred: formatFlag(marks.starred),
    rating: marks.rating === 0 ? undefined : marks.rating,
    tags: marks.tags.join(TAG_SEPARATOR),
    note: marks.note,
    hidden: formatFlag(marks.hidden),
  };
}

/** Empty for what is not set, so that a column can be sorted and filtered by it. */
function formatFlag(isSet: boolean): string | undefined {
  return isSet ? 'true' : undefined;
}

/** The values of several artifacts, separated by spaces; `-` for an unknown one. */
function joinValues<T extends Artifact>(
  artifacts: readonly T[],
  read: (artifact: T) => string | number | undefined,
): string {
  return artifacts.map((artifact) => read(artifact) ?? '-').join(' ');
}

function readScalar(value: unknown): string | number | undefined {
  return typeof value === 'string' || typeof value === 'number' ? value : undefined;
}
