/**
 * Checks the rows of a restored copy. SQLite stores a value of any type in any column, and no hash covers the small tables, so
 * a damaged or foreign backup could hold rows that fail every request which reads them.
 */
import { getTableConfig } from 'drizzle-orm/sqlite-core';
import { tryParseJson } from '../../../lib/parse-json.ts';
import { parseTaskId } from '../../../task/id.ts';
import { isObject } from '../../../task/json-object.ts';
import { isCollectionRow, isCollectionTaskRow } from '../../rules/collection-row.ts';
import { isMarkRow } from '../../rules/mark-row.ts';
import { areCounts } from '../../rules/run-record.ts';
import { isSavedSearchRow } from '../../rules/saved-search-row.ts';
import { isDeliveryRow, isWebhookRow } from '../../rules/webhook-row.ts';
import type { Connection } from '../driver.ts';
import * as schema from '../schema.ts';
import { isToken } from './merge-tokens.ts';
import type { Row } from './readable-rows.ts';
import { quote } from './schema-check.ts';

type Table = typeof schema.tasks | typeof schema.accessTokens;
type Column = ReturnType<typeof getTableConfig>['columns'][number];

/** Of times, counters and positions: it leaves room to count on, and is still a valid date. */
const MAX_NUMBER = 2 ** 52;
const MAX_DIGITS = 15;

// Counts and lists of tags are derived again, whatever they say.
const {
  runs,
  servers,
  words,
  webhookDeliveries,
  finishedTasks,
  taskCounts: _values,
  dayCounts: _days,
  markTags: _tags,
  tagCounts: _tagCounts,
  ...required
} = schema;
/** A broken row in these is as good as none: records of the past, and what is rebuilt or registered again. */
const INFORMATIONAL = [runs, servers, words, webhookDeliveries, finishedTasks] as unknown as Table[];
const REQUIRED = Object.values(required) as unknown as Table[];

/** What a row must satisfy beyond the types of its columns. */
const ROW_RULES: Readonly<Record<string, (row: Row) => boolean>> = {
  access_tokens: isToken,
  tracked: ({ id }) => parseTaskId(id) !== undefined,
  removed: ({ id }) => parseTaskId(id) !== undefined,
  images: ({ sha256 }) => isHash(sha256),
  task_images: ({ sha256 }) => sha256 === null || isHash(sha256),
  marks: isMarkRow,
  collections: isCollectionRow,
  collection_tasks: isCollectionTaskRow,
  saved_searches: isSavedSearchRow,
  webhooks: isWebhookRow,
  webhook_deliveries: isDeliveryRow,
  sync_runs: ({ counts }) => areCounts(counts),
  facts: ({ name, value }) => !NUMERIC_METADATA.test(String(name)) || isCount(value),
};
const NUMERIC_METADATA = /^(starts|request-seq|drift|terms-version|index-gap|reading-version|reading-gap)$/;

/**
 * Removes broken rows that are only informational.
 * @param raw has the current schema
 * @returns the first other row that the mirror could not use, human-readable; undefined if there is none
 */
export function findUnusableRow(raw: Connection): string | undefined {
  for (const table of INFORMATIONAL) dropBrokenRows(raw, table);
  raw.exec(
    `UPDATE sqlite_sequence SET seq = (SELECT coalesce(max(id), 0) FROM sync_runs) WHERE name = 'sync_runs'`,
  );
  dropBrokenCheckpoints(raw);
  for (const table of REQUIRED)
    for (const { key } of streamBrokenRows(raw, table))
      return `its table ${getTableConfig(table).name} has a row that can't be used, ${quote(String(key))}`;
  return undefined;
}

interface BrokenRow {
  /** Its primary key, or the first column of one. */
  readonly key: unknown;
}

function* streamBrokenRows(raw: Connection, table: Table): Generator<BrokenRow> {
  const { name, columns } = getTableConfig(table);
  const [key] = columns;
  const identity = `"${key?.name}" AS key`;
  const isBroken = columns.map((column) => `NOT (${buildTypeCondition(column)})`).join(' OR ');
  yield* raw
    .prepare<[], BrokenRow>(`SELECT ${identity} FROM ${name} WHERE ${isBroken}`)
    .safeIntegers()
    .iterate();
  const isUsable = ROW_RULES[name];
  if (!isUsable) return;
  for (const row of raw.prepare<[], BrokenRow & Row>(`SELECT ${identity}, * FROM ${name}`).iterate())
    if (!isUsable(row)) yield row;
}

function dropBrokenRows(raw: Connection, table: Table): void {
  const { name, columns } = getTableConfig(table);
  const keys = [...streamBrokenRows(raw, table)].map(({ key }) => key);
  const remove = raw.prepare<[unknown]>(`DELETE FROM ${name} WHERE "${columns[0]?.name}" IS ?`);
  for (const key of keys) remove.run(key);
}

/** A checkpoint is a JSON object or a time. Without it, the work that it is about starts over. */
function dropBrokenCheckpoints(raw: Connection): void {
  const all = raw
    .prepare<[], { name: string; value: unknown }>(
      "SELECT name, value FROM facts WHERE name LIKE 'bookmark %'",
    )
    .all();
  const remove = raw.prepare<[string]>('DELETE FROM facts WHERE name = ?');
  for (const { name, value } of all) {
    const isTime = name.startsWith('bookmark upstream ');
    if (!(isTime ? isCount(value) : isObject(tryParseJson(String(value))))) remove.run(name);
  }
}

/** The condition, as SQL, that a value is of its column's type. */
function buildTypeCondition(column: Column): string {
  const type = `typeof("${column.name}")`;
  const isNumber = `${type} IN ('integer', 'real') AND "${column.name}" BETWEEN -${MAX_NUMBER} AND ${MAX_NUMBER}`;
  const conditions: Record<string, string> = {
    number: isNumber,
    boolean: `${type} = 'integer' AND "${column.name}" IN (0, 1)`,
    string: `${type} = 'text'${buildEnumCondition(column)}`,
    buffer: `${type} = 'blob'`,
  };
  // A seed is any integer (see seed-column.ts).
  const condition = column.name === 'seed' ? `${type} IN ('integer', 'blob')` : conditions[column.dataType];
  return column.notNull ? `${condition}` : `"${column.name}" IS NULL OR ${condition}`;
}

function buildEnumCondition({ name, enumValues = [] }: Column): string {
  return enumValues.length === 0
    ? ''
    : ` AND "${name}" IN (${enumValues.map((value: string) => `'${value}'`).join(', ')})`;
}

function isHash(text: unknown): boolean {
  return typeof text === 'string' && /^[0-9a-f]{64}$/.test(text);
}

function isCount(text: unknown): boolean {
  return typeof text === 'string' && new RegExp(`^\\d{1,${MAX_DIGITS}}$`).test(text);
}

/** Why SQLite could not read a search index at all: its configuration, which no integrity check reports as damage. */
export function findForeignIndexConfig(raw: Connection): string | undefined {
  const isOurs = (table: string): boolean => {
    if (!raw.prepare('SELECT 1 FROM sqlite_master WHERE name = ?').get(table)) return true;
    const rows = raw.prepare<[], { k: unknown; v: unknown }>(`SELECT k, v FROM ${table}`).all();
    return rows.every(({ k, v }) => INDEX_SETTINGS.get(k)?.has(v));
  };
  return ['prompt_index_config', 'note_index_config'].every(isOurs)
    ? undefined
    : 'the configuration of its search index is not as flux-mirror creates it';
}

/** FTS5's own format versions, and how segments are merged (see search/index-merging.ts). */
const INDEX_SETTINGS = new Map<unknown, ReadonlySet<unknown>>([
  ['version', new Set([4, 5])],
  ['usermerge', new Set([2])],
]);
