/**
 * Counts matches over time: from the days that are stored with the tasks as far as those can decide the question, else by one pass
 * in SQL, of which only a row for each quarter of an hour reaches JavaScript.
 */
import { createPeriodFinder } from '../../../search/dates.ts';
import type { HistogramBar, HistogramRequest } from '../../contract/search.ts';
import { sumDays } from '../../rules/day-histogram.ts';
import { intersectQueryTimes } from '../../rules/query-parts.ts';
import { isDecidedByDays } from '../../rules/stored-counts.ts';
import { type QuarterRow, sumQuarters } from '../../rules/tally-facets.ts';
import type { Sqlite } from '../database.ts';
import { buildWhereClause, collectParams } from '../filter-sql.ts';
import { ensureInterruptible } from '../interrupt.ts';
import { countPrompts } from './prompt-histogram.ts';
import { compileSearch, type SearchSql } from './search-sql.ts';
import { compileWithoutTimes, createPartCounter, readDays } from './stored-counts.ts';

/** As SQL: see QUARTER_MS. */
const QUARTER = 900_000;

/** @param maxDisplacement how far a row's position may be above the slot of its time */
export function countHistogram(
  db: Sqlite,
  request: HistogramRequest,
  maxDisplacement: number,
): HistogramBar[] {
  return isDecidedByDays(request)
    ? countDays(db, request, maxDisplacement)
    : scanHistogram(db, request, maxDisplacement);
}

function countDays(db: Sqlite, request: HistogramRequest, maxDisplacement: number): HistogramBar[] {
  const sql = compileWithoutTimes(db, request);
  const bounds = intersectQueryTimes(request.filter, request.query);
  const days = readDays(db, sql, bounds, 'visible').filter(({ count }) => count > 0);
  return sumDays(days, bounds, {
    findPeriod: createPeriodFinder(request.by, request.timeZone),
    countBetween: createPartCounter(db, sql, maxDisplacement, 'visible'),
  });
}

/** Reads all matches. */
export function scanHistogram(
  db: Sqlite,
  request: HistogramRequest,
  maxDisplacement: number,
): HistogramBar[] {
  const sql = compileSearch(db, request.query, request.filter, maxDisplacement);
  if (request.groupByPrompt && sql.conditions.length === 0) return countPrompts(db, request, maxDisplacement);
  const conditions = ensureInterruptible(db, sql.conditions);
  const where = buildWhereClause(conditions);
  const rows = db.raw
    .prepare<unknown[], QuarterRow>(
      request.groupByPrompt ? selectQuartersOfPrompts(sql, where) : selectQuarters(sql, where),
    )
    .raw()
    .all(...collectParams(conditions));
  return sumQuarters(rows, request);
}

function selectQuarters({ narrowFrom }: SearchSql, where: string): string {
  return `SELECT tasks.created_at / ${QUARTER}, count(*) FROM ${narrowFrom} ${where} GROUP BY 1`;
}

/** A prompt counts once, at the time of its newest match. */
function selectQuartersOfPrompts({ from }: SearchSql, where: string): string {
  return `SELECT newest / ${QUARTER}, count(*)
    FROM (SELECT max(tasks.created_at) AS newest FROM ${from} ${where} GROUP BY tasks.prompt_hash) GROUP BY 1`;
}
