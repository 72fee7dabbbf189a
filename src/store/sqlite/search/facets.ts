/**
 * Counts all matches by model, size, action, state, and over time: from the counts that are stored with the tasks (schema.ts)
 * as far as those can decide the question, else by one pass over the narrow index.
 */
import type { QueryNode } from '../../../search/ast.ts';
import { createPeriodFinder } from '../../../search/dates.ts';
import type { FacetRequest, Facets } from '../../contract/search.ts';
import type { FilterColumn } from '../../contract/tasks.ts';
import { DAY_MS, type DayCount, sumDays } from '../../rules/day-histogram.ts';
import {
  type FacetRow,
  tallyFacets,
  tallyTimes,
  tallyValues,
  type ValueFacets,
  type ValueRow,
} from '../../rules/tally-facets.ts';
import type { Sqlite } from '../database.ts';
import {
  buildFilterConditions,
  buildWhereClause,
  type Condition,
  collectParams,
  listFilterValues,
} from '../filter-sql.ts';
import { buildInterruptConditions } from '../interrupt.ts';
import { compileSearch, intersectQueryTimes, type SearchSql } from './search-sql.ts';

const DAY_COLUMNS = ['state', 'userId', 'applicationId'] as const;
/** The columns that each table of counts has. */
const COLUMNS_OF_DAYS: ReadonlySet<FilterColumn> = new Set(DAY_COLUMNS);
const COLUMNS_OF_VALUES: ReadonlySet<FilterColumn> = new Set([...DAY_COLUMNS, 'model', 'size', 'action']);

/** @param maxDisplacement how far a row's position may be above the slot of its time */
export function countFacets(db: Sqlite, request: FacetRequest, maxDisplacement: number): Facets {
  const isTimed = Object.keys(intersectQueryTimes(request.filter, request.query)).length > 0;
  const useValues = !isTimed && isDecidedBy(COLUMNS_OF_VALUES, request);
  const useDays = isDecidedBy(COLUMNS_OF_DAYS, request);
  if (!useValues && !useDays) return scanFacets(db, request, maxDisplacement);
  // All parts must be of the same moment.
  return db.raw.transaction(() => ({
    ...(useValues ? countValues(db, request) : scanValues(db, request, maxDisplacement)),
    histogram: useDays ? countPeriods(db, request, maxDisplacement) : scanTimes(db, request, maxDisplacement),
  }))();
}

/** Reads all matches, and nothing else. */
export function scanFacets(db: Sqlite, request: FacetRequest, maxDisplacement: number): Facets {
  const sql = compileSearch(db, request.query, request.filter, maxDisplacement);
  const rows = readMatches<FacetRow>(
    db,
    sql,
    'tasks.state, tasks.model, tasks.size, tasks.action, tasks.created_at',
  );
  return tallyFacets(rows.raw().iterate(...collectParams(sql.conditions)), request, db.checkInterrupt);
}

function scanValues(db: Sqlite, { query, filter }: FacetRequest, maxDisplacement: number): ValueFacets {
  const sql = compileSearch(db, query, filter, maxDisplacement);
  const rows = readMatches<ValueRow>(db, sql, 'tasks.state, tasks.model, tasks.size, tasks.action, 1');
  return tallyValues(rows.raw().iterate(...collectParams(sql.conditions)), db.checkInterrupt);
}

function scanTimes(db: Sqlite, request: FacetRequest, maxDisplacement: number): Facets['histogram'] {
  const sql = compileSearch(db, request.query, request.filter, maxDisplacement);
  const rows = readMatches<number>(db, sql, 'tasks.created_at');
  return tallyTimes(rows.pluck().iterate(...collectParams(sql.conditions)), request, db.checkInterrupt);
}

function readMatches<Row>({ raw }: Sqlite, { narrowFrom, conditions }: SearchSql, columns: string) {
  return raw.prepare<unknown[], Row>(`SELECT ${columns} FROM ${narrowFrom} ${buildWhereClause(conditions)}`);
}

function countValues(db: Sqlite, request: FacetRequest): ValueFacets {
  const conditions = compileWithoutTimes(db, request).buildConditionsOfTask('task_counts');
  const rows = db.raw
    .prepare<unknown[], ValueRow>(
      `SELECT state, model, size, action, n FROM task_counts ${buildWhereClause(conditions)}`,
    )
    .raw()
    .iterate(...collectParams(conditions));
  return tallyValues(rows, db.checkInterrupt);
}

function countPeriods(db: Sqlite, request: FacetRequest, maxDisplacement: number): Facets['histogram'] {
  const sql = compileWithoutTimes(db, request);
  const bounds = intersectQueryTimes(request.filter, request.query);
  return sumDays(readDays(db, sql, bounds), bounds, {
    findPeriod: createPeriodFinder(request.by, request.timeZone),
    countBetween: createPartCounter(db, sql, maxDisplacement),
  });
}

function readDays(
  { raw }: Sqlite,
  sql: SearchSql,
  { fromMs, toMs }: ReturnType<typeof intersectQueryTimes>,
): DayCount[] {
  const conditions: Condition[] = [
    ...sql.buildConditionsOfTask('day_counts'),
    ...(fromMs === undefined ? [] : [{ sql: 'day >= ?', params: [Math.floor(fromMs / DAY_MS)] }]),
    ...(toMs === undefined ? [] : [{ sql: 'day < ?', params: [Math.ceil(toMs / DAY_MS)] }]),
  ];
  return raw
    .prepare<unknown[], DayCount>(
      `SELECT day, sum(n) AS count FROM day_counts ${buildWhereClause(conditions)} GROUP BY day ORDER BY day`,
    )
    .all(...collectParams(conditions));
}

/** Creates a function that counts the matches of a part of a day. */
function createPartCounter(
  db: Sqlite,
  sql: SearchSql,
  maxDisplacement: number,
): (fromMs: number, toMs: number) => number {
  const buildConditions = (fromMs: number, toMs: number) => [
    ...buildFilterConditions({ fromMs, toMs }, 'tasks', maxDisplacement),
    ...buildInterruptConditions(db),
    ...sql.buildConditionsOfTask('tasks'),
  ];
  const count = db.raw
    .prepare<unknown[], number>(
      `SELECT count(*) FROM ${sql.narrowFrom} ${buildWhereClause(buildConditions(0, 0))}`,
    )
    .pluck();
  return (fromMs, toMs) => {
    db.checkInterrupt?.();
    return count.get(...collectParams(buildConditions(fromMs, toMs))) ?? 0;
  };
}

/** Counts have no time, or only that of days. */
function compileWithoutTimes(db: Sqlite, { query, filter }: FacetRequest): SearchSql {
  const { fromMs: _from, toMs: _to, ...untimed } = filter;
  return compileSearch(
    db,
    { ...query, parts: query.parts.filter(({ kind }) => kind !== 'time') },
    untimed,
    0,
  );
}

/** Whether all conditions but the time are on these columns. */
function isDecidedBy(columns: ReadonlySet<FilterColumn>, { query, filter }: FacetRequest): boolean {
  const isDecided = (node: QueryNode): boolean => {
    if (node.kind === 'field') return columns.has(node.field);
    if (node.kind === 'not') return isDecided(node.part);
    return (node.kind === 'and' || node.kind === 'or') && node.parts.every(isDecided);
  };
  return (
    query.parts.every((part) => part.kind === 'time' || isDecided(part)) &&
    listFilterValues(filter.values).every(({ column }) => columns.has(column))
  );
}
