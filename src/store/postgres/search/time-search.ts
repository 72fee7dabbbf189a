/**
 * The exact matches of a search in the order of time. A common word has half of all rows, which the index would all collect before the
 * newest are known. So it is asked for windows of time: of the newest rows at first, then of as many as needed at the density found.
 */
import type { Query } from '../../../search/ast.ts';
import type { Cursor } from '../../../search/cursor.ts';
import { intersectTimes, type TimeRange } from '../../../search/dates.ts';
import type { TaskFilter } from '../../contract/tasks.ts';
import { SAMPLE_SIZE } from '../../rules/relevance.ts';
import { type Direction, type RowPage, type Timed, takeTimePage } from '../../rules/time-page.ts';
import { buildWhereClause, type Condition, collectParams, numberParams } from '../conditions.ts';
import { countTasks } from '../counts.ts';
import { buildTimeConditions, roundTime } from '../filter-sql.ts';
import type { Snapshot } from '../snapshot.ts';
import { findArtifacts } from './artifacts.ts';
import { buildMatchConditions } from './matches-sql.ts';
import { buildNewestOfPrompt } from './prompt-groups.ts';
import { compileSearch, type SearchSql } from './search-sql.ts';

/** A match whose document is not loaded yet. */
export interface TimedRow extends Timed {
  /** Key of the task. */
  readonly task: number;
}

export interface Hits {
  readonly sql: SearchSql;
  /** What a row must satisfy to be a hit, besides the tsquery and the times. */
  readonly conditions: readonly Condition[];
  readonly isGrouped: boolean;
}

/** Rows of the first window. */
const WINDOW_ROWS = 2000;
/** A window is larger than expected by this factor, and a further one at least so many times larger than the one before. */
const RESERVE = 1.5;
const MIN_GROWTH = 4;
/** Of rows that are hits: of fewer, reading a thousand in order takes longer than in any order. */
const MIN_DENSITY = 0.05;
/** When fewer matches are left than this, they are all read at once. */
const FEW_MATCHES = 5000;
/** Windows of more rows take longer to measure out than to guess. */
const MAX_COUNTED_ROWS = 200_000;

export async function compileHits(
  snapshot: Snapshot,
  {
    query,
    filter,
    groupByPrompt = false,
  }: { query: Query; filter: TaskFilter; groupByPrompt?: boolean | undefined },
): Promise<Hits> {
  const sql = compileSearch(query, filter, await findArtifacts(snapshot, query));
  const conditions = groupByPrompt ? [...sql.conditions, buildNewestOfPrompt(sql)] : sql.conditions;
  return { sql, conditions, isGrouped: groupByPrompt };
}

export interface WantedHits {
  readonly direction: Direction;
  /** How many are enough. */
  readonly limit: number;
  /** Only hits behind it. */
  readonly after?: Cursor | undefined;
  /** Only hits created in a part of the times of the search. */
  readonly within?: Partial<TimeRange>;
}

/** The first hits in the order of time: all of them if there are fewer than wanted. */
export async function findHits(snapshot: Snapshot, hits: Hits, wanted: WantedHits): Promise<TimedRow[]> {
  return (await findWhileDense(snapshot, hits, wanted, 0)).rows;
}

/** Hits, and whether they are as many as were wanted, or all. */
export interface FoundHits {
  readonly rows: readonly TimedRow[];
  readonly isEnough: boolean;
}

/** The same, but gives up when fewer than a part of all rows are hits: to count those, their order need not be read. */
export async function findWhileDense(
  snapshot: Snapshot,
  hits: Hits,
  wanted: WantedHits,
  minDensity = MIN_DENSITY,
): Promise<{ rows: TimedRow[]; isEnough: boolean }> {
  const { match, lists } = hits.sql;
  if (match === undefined || lists)
    return { rows: await readHits(snapshot, hits, { ...wanted, range: {} }), isEnough: true };
  const found: TimedRow[] = [];
  for await (const range of measureWindows(snapshot, hits, wanted, () => found.length)) {
    found.push(...(await readHits(snapshot, hits, { ...wanted, limit: wanted.limit - found.length, range })));
    if (found.length >= wanted.limit) break;
    if (range.fromMs !== undefined && range.toMs !== undefined && found.length < minDensity * WINDOW_ROWS)
      return { rows: found, isEnough: false };
  }
  return { rows: found, isEnough: true };
}

/** The keys of tasks, and when each was created, epoch milliseconds. */
export interface TimedKeys {
  readonly keys: readonly number[];
  readonly times: readonly number[];
}

/** Any hits, at most so many, as one row: thousands of rows take three times as long. */
export async function readAnyHits(snapshot: Snapshot, hits: Hits, limit: number): Promise<TimedKeys> {
  const { sql, params } = selectRows(hits, { times: hits.sql.times });
  const [found] = await snapshot.query<TimedKeys>(
    numberParams(
      `SELECT coalesce(json_agg(task), '[]') AS keys, coalesce(json_agg(created_at), '[]') AS times
       FROM (${sql} LIMIT ?::bigint) AS found`,
    ),
    [...params, limit],
  );
  return found ?? { keys: [], times: [] };
}

/** The number of hits, at most `limit`. @param within only hits created in it */
export async function countHits(
  snapshot: Snapshot,
  hits: Hits,
  limit: number,
  within: Partial<TimeRange> = {},
): Promise<number> {
  const { sql, params } = selectRows(hits, { times: intersectTimes([hits.sql.times, within]) });
  const [row] = await snapshot.query<{ n: number }>(
    numberParams(`SELECT count(*) AS n FROM (${sql} LIMIT ?::bigint) AS found`),
    [...params, limit],
  );
  return row?.n ?? 0;
}

/**
 * Makes a function that tells from the newest rows whether a search has surely more hits than so many, for which all of those would be
 * read otherwise. It is not so sure when the newest rows are not like the others.
 */
export function createFrequencyCheck(snapshot: Snapshot): (hits: Hits, limit: number) => Promise<boolean> {
  let sample: Promise<{ total: number; range: TimeRange | undefined }> | undefined;
  const readSample = async () => ({
    total: await countTasks(snapshot),
    range: await measureRows(snapshot, {
      ...{ bounds: {}, edge: undefined, rows: SAMPLE_SIZE, direction: 'newest' },
    }),
  });
  return async (hits, limit) => {
    sample ??= readSample();
    const { total, range } = await sample;
    if (!range || hits.sql.match === undefined) return false;
    const enough = Math.ceil((RESERVE * limit * SAMPLE_SIZE) / total);
    return (await countHits(snapshot, hits, enough, range)) >= enough;
  };
}

/** A page, and where the next one starts. */
export async function findTimePage(
  snapshot: Snapshot,
  hits: Hits,
  { sort, limit, after }: { sort: Direction; limit: number; after?: Cursor | undefined },
): Promise<RowPage<TimedRow>> {
  const rows = await findHits(snapshot, hits, { direction: sort, limit: limit + 1, after });
  return takeTimePage(rows, { sort, limit, after });
}

/** The times that may be behind a cursor. */
function getCursorTimes(direction: Direction, after: Cursor | undefined): Partial<TimeRange> {
  if (!after) return {};
  return direction === 'newest' ? { toMs: after.createdAtMs + 1 } : { fromMs: after.createdAtMs };
}

/** One window after the other, until the last one has all that is left. */
async function* measureWindows(
  snapshot: Snapshot,
  { sql: { times } }: Hits,
  { direction, limit, after, within }: WantedHits,
  countFound: () => number,
): AsyncGenerator<Partial<TimeRange>> {
  const isNewest = direction === 'newest';
  const bounds = intersectTimes([times, within ?? {}, getCursorTimes(direction, after)]);
  let total: number | undefined;
  let edge = isNewest ? bounds.toMs : bounds.fromMs;
  let rows = WINDOW_ROWS;
  for (let seen = 0; ; ) {
    const window = await measureRows(snapshot, { bounds, edge, rows, direction });
    yield window ?? restrict(bounds, direction, edge);
    if (!window) return;
    seen += rows;
    total ??= await countTasks(snapshot);
    edge = isNewest ? window.fromMs : window.toMs;
    // Half a match, if there was none.
    const density = Math.max(countFound(), 0.5) / seen;
    const needed = (RESERVE * (limit - countFound())) / density;
    rows = Math.max(Math.ceil(needed), rows * MIN_GROWTH);
    if (density * Math.max(total - seen, 0) < FEW_MATCHES || rows > MAX_COUNTED_ROWS)
      rows = Number.POSITIVE_INFINITY;
  }
}

/**
 * The range of so many rows from an edge on.
 * @param options.edge undefined: from the newest or oldest one on
 * @returns undefined if there are no more rows than that
 */
async function measureRows(
  snapshot: Snapshot,
  {
    bounds,
    edge,
    rows,
    direction,
  }: { bounds: Partial<TimeRange>; edge: number | undefined; rows: number; direction: Direction },
): Promise<TimeRange | undefined> {
  if (rows === Number.POSITIVE_INFINITY) return undefined;
  const times = restrict(bounds, direction, edge);
  const conditions = buildTimeConditions(times, 'created_at');
  const order = direction === 'newest' ? 'DESC' : 'ASC';
  const [row] = await snapshot.query<{ n: number; first: number | null; last: number | null }>(
    numberParams(
      `SELECT count(*) AS n, min(created_at) AS first, max(created_at) AS last FROM (
         SELECT created_at FROM prompts ${buildWhereClause(conditions)} ORDER BY created_at ${order}, id ${order} LIMIT ?::bigint
       ) AS rows`,
    ),
    [...collectParams(conditions), rows],
  );
  if (!row || row.n < rows || row.first === null || row.last === null) return undefined;
  // Rows of the same time as the last one belong to it.
  return { fromMs: row.first, toMs: row.last + 1 };
}

/** The part of a range behind an edge. */
function restrict(
  range: Partial<TimeRange>,
  direction: Direction,
  edge: number | undefined,
): Partial<TimeRange> {
  if (edge === undefined) return range;
  return intersectTimes([range, direction === 'newest' ? { toMs: edge } : { fromMs: edge }]);
}

/** The hits of a window in their order. */
async function readHits(
  snapshot: Snapshot,
  hits: Hits,
  { direction, limit, after, within, range }: WantedHits & { range: Partial<TimeRange> },
): Promise<TimedRow[]> {
  const { sql, params } = selectHits(hits, {
    times: intersectTimes([hits.sql.times, within ?? {}, range]),
    ...(after ? { after: { sort: direction, cursor: after } } : {}),
  });
  const order = direction === 'newest' ? 'DESC' : 'ASC';
  return snapshot.query<TimedRow>(
    numberParams(`${sql} ORDER BY created_at ${order}, id ${order} LIMIT ?::bigint`),
    [...params, limit],
  );
}

interface RowOptions {
  readonly times: Partial<TimeRange>;
  readonly after?: { readonly sort: Direction; readonly cursor: Cursor };
}

/** The statement that reads hits, in any order, with the columns of a TimedRow; `created_at` and `id` are its sort key. */
function selectHits(hits: Hits, options: RowOptions): Condition {
  const { sql, params } = selectRows(hits, options);
  const columns = 'task, created_at AS "createdAt", id';
  // What the index has found is collected before it is sorted: in the order of the table the planner would read all of its rows.
  return isCollected(hits)
    ? { sql: `WITH found AS MATERIALIZED (${sql}) SELECT ${columns} FROM found`, params }
    : { sql: `SELECT ${columns} FROM (${sql}) AS found`, params };
}

function isCollected({ sql: { match, lists } }: Hits): boolean {
  return match !== undefined || lists !== undefined;
}

/** With the columns `task`, `created_at` and `id`. */
function selectRows(hits: Hits, { times, after }: RowOptions): Condition {
  const { sql, conditions, isGrouped } = hits;
  const isOfPrompts = sql.match !== undefined;
  const row = isOfPrompts ? 'prompts' : 'tasks';
  const joined = isOfPrompts
    ? sql.readsTasks || isGrouped
      ? ' JOIN tasks ON tasks.arrival = prompts.task'
      : ''
    : sql.readsPrompts
      ? ' JOIN prompts ON prompts.task = tasks.arrival'
      : '';
  const column = isCollected(hits) ? `${row}.created_at + 0` : `${row}.created_at`;
  const all: Condition[] = [
    ...buildMatchConditions(sql, times),
    ...buildTimeConditions(times, column),
    ...(after ? buildCursorConditions(after, row, column) : []),
    ...conditions,
  ];
  const select = `SELECT ${isOfPrompts ? 'prompts.task' : 'tasks.arrival'} AS task, ${row}.created_at AS created_at, ${row}.id AS id
    FROM ${row}${joined} ${buildWhereClause(all)}`;
  return { sql: select, params: collectParams(all) };
}

/** Behind a cursor. The first condition is one that the index of times can use. */
function buildCursorConditions(
  { sort, cursor }: { sort: Direction; cursor: Cursor },
  row: string,
  column: string,
): Condition[] {
  const at = roundTime(cursor.createdAtMs);
  return [
    { sql: `${column} ${sort === 'newest' ? '<=' : '>='} ?::bigint`, params: [at] },
    {
      sql: `(${row}.created_at, ${row}.id) ${sort === 'newest' ? '<' : '>'} (?::bigint, ?)`,
      params: [at, cursor.id],
    },
  ];
}
