/** The exact matches of a search in the order of time, one hit for each prompt if they are grouped. */
import type { Query } from '../../../search/ast.ts';
import type { Cursor } from '../../../search/cursor.ts';
import type { TaskFilter } from '../../contract/tasks.ts';
import { type Direction, type RowPage, takeTimePage } from '../../rules/time-page.ts';
import type { Sqlite } from '../database.ts';
import {
  buildExactTimeConditions,
  buildTimeConditions,
  buildWhereClause,
  type Condition,
  collectParams,
} from '../filter-sql.ts';
import { ensureInterruptible, yieldUntilInterrupted } from '../interrupt.ts';
import { computeSlot } from '../position.ts';
import { sortByTime, type TimedRow } from '../time-order.ts';
import { buildNewestOfPrompt } from './prompt-groups.ts';
import { compileSearch, type SearchSql } from './search-sql.ts';

export interface Hits {
  readonly sql: SearchSql;
  /** What a row must satisfy to be a hit. */
  readonly conditions: readonly Condition[];
  /** How far a row's position may be above the slot of its time. */
  readonly maxDisplacement: number;
}

export function compileHits(
  db: Sqlite,
  { query, filter, groupByPrompt }: { query: Query; filter: TaskFilter; groupByPrompt?: boolean | undefined },
  maxDisplacement: number,
): Hits {
  const sql = compileSearch(db, query, filter, maxDisplacement);
  const conditions = groupByPrompt
    ? [...sql.conditions, ...buildNewestOfPrompt(db, sql, maxDisplacement)]
    : sql.conditions;
  return { sql, conditions, maxDisplacement };
}

/** The hits that were created in a range of time. The bounds of positions end the reading of the index where the range ends. */
export function restrictToTimes(db: Sqlite, hits: Hits, times: Pick<TaskFilter, 'fromMs' | 'toMs'>): Hits {
  return {
    ...hits,
    conditions: ensureInterruptible(db, [
      ...buildTimeConditions(times, hits.sql.position, hits.maxDisplacement),
      ...buildExactTimeConditions(times, 'tasks'),
      ...hits.conditions,
    ]),
  };
}

const TIMED_ROW = 'tasks.created_at AS createdAt, tasks.id AS id';

/** All of them, as they are read. */
export function findHits(db: Sqlite, hits: Hits, direction: Direction): Iterable<TimedRow> {
  return sortByTime(readRows<TimedRow>(db, hits, direction, TIMED_ROW), direction, hits.maxDisplacement);
}

/**
 * The newest match of each prompt, newest first. Read from the newest one on, every newer match has been seen: to look for one, as the
 * conditions of hits do, takes ten times as long when words have to be looked for in notes, too.
 */
export function* findNewestOfPrompts(db: Sqlite, { sql, maxDisplacement }: Hits): Generator<TimedRow> {
  const matches = readRows<TimedRow & { readonly prompt: string }>(
    db,
    { sql, conditions: sql.conditions },
    'newest',
    `${TIMED_ROW}, hex(tasks.prompt_hash) AS prompt`,
  );
  const seen = new Set<string>();
  for (const row of sortByTime(yieldUntilInterrupted(db, matches), 'newest', maxDisplacement)) {
    if (seen.has(row.prompt)) continue;
    seen.add(row.prompt);
    yield row;
  }
}

/** The first rows. They are read one by one: there may be a hundred thousand more. */
export function takeRows(rows: Iterable<TimedRow>, limit: number): TimedRow[] {
  const taken: TimedRow[] = [];
  for (const row of rows) {
    taken.push(row);
    if (taken.length >= limit) break;
  }
  return taken;
}

function readRows<Row extends TimedRow>(
  { raw }: Sqlite,
  { sql, conditions }: Pick<Hits, 'sql' | 'conditions'>,
  direction: Direction,
  columns: string,
): Iterable<Row> {
  const order = direction === 'newest' ? 'DESC' : 'ASC';
  return raw
    .prepare<unknown[], Row>(
      `SELECT ${sql.position} AS position, ${columns}
       FROM ${sql.from} ${buildWhereClause(conditions)} ORDER BY ${sql.position} ${order}`,
    )
    .iterate(...collectParams(conditions));
}

export function findTimePage(
  db: Sqlite,
  hits: Hits,
  { sort, limit, after }: { sort: Direction; limit: number; after?: Cursor | undefined },
): RowPage<TimedRow> {
  const conditions = after ? [...hits.conditions, buildCursorCondition(after, sort, hits)] : hits.conditions;
  return takeTimePage(findHits(db, { ...hits, conditions }, sort), { sort, limit, after });
}

/** The range of positions in which the page after a cursor may start. */
function buildCursorCondition(
  { createdAtMs }: Pick<Cursor, 'createdAtMs'>,
  sort: Direction,
  { sql: { position }, maxDisplacement }: Hits,
): Condition {
  return sort === 'newest'
    ? { sql: `${position} <= CAST(? AS INTEGER)`, params: [computeSlot(createdAtMs) + maxDisplacement] }
    : { sql: `${position} >= CAST(? AS INTEGER)`, params: [computeSlot(createdAtMs)] };
}
