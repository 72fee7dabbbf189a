/** The counts that are stored with the tasks (see counts.ts): rows of a key are added up, as each statement that writes appends some. */
import { createPeriodFinder, type TimeRange } from '../../../search/dates.ts';
import type { HistogramBar, HistogramRequest } from '../../contract/search.ts';
import { DAY_MS, type DayCount, sumDays } from '../../rules/day-histogram.ts';
import { type Counted, type Measure, omitTimes } from '../../rules/stored-counts.ts';
import type { ValueRow } from '../../rules/tally-facets.ts';
import { buildWhereClause, type Condition, collectParams, numberParams } from '../conditions.ts';
import { buildTimeConditions } from '../filter-sql.ts';
import { gatherAnswers } from '../gather-answers.ts';
import type { Snapshot } from '../snapshot.ts';
import { NO_ARTIFACTS } from './artifacts.ts';
import { compileSearch, type SearchSql } from './search-sql.ts';

const SUMS: Readonly<Record<Measure, { readonly ofDays: string; readonly ofTasks: string }>> = {
  tasks: { ofDays: 'sum(n)', ofTasks: 'count(*)' },
  visible: { ofDays: 'sum(n - hidden)', ofTasks: 'count(*) FILTER (WHERE NOT tasks.is_hidden)' },
  costs: { ofDays: 'sum(cost)', ofTasks: 'coalesce(sum(tasks.cost), 0)' },
};

/** How many tasks that are not hidden have each combination of values. */
export async function readValueCounts(snapshot: Snapshot, counted: Counted): Promise<ValueRow[]> {
  const conditions = compileCounted(counted).buildConditions({ task: 'task_counts', prompt: '' });
  const rows = await snapshot.query<{
    state: string;
    model: string;
    size: string;
    action: string;
    n: number;
  }>(
    numberParams(
      `SELECT state, model, size, action, sum(n - hidden)::bigint AS n FROM task_counts ${buildWhereClause(conditions)}
       GROUP BY 1, 2, 3, 4 HAVING sum(n - hidden) > 0`,
    ),
    collectParams(conditions),
  );
  return rows.map(({ state, model, size, action, n }) => [state, model, size, action, n]);
}

/** The bars of a histogram of what the counts by day decide. @param bounds of the times */
export async function sumStoredDays(
  snapshot: Snapshot,
  request: Counted & Pick<HistogramRequest, 'by' | 'timeZone'>,
  { bounds, measure }: { bounds: Partial<TimeRange>; measure: Measure },
): Promise<HistogramBar[]> {
  const sql = compileCounted(request);
  const days = await readDays(snapshot, sql, { bounds, measure });
  return gatherAnswers<TimeRange, number, HistogramBar[]>(
    (ranges) => countParts(snapshot, sql, { ranges, measure }),
    (ask) =>
      sumDays(days, bounds, {
        findPeriod: createPeriodFinder(request.by, request.timeZone),
        countBetween: (fromMs, toMs) => ask({ fromMs, toMs }) ?? 0,
      }),
  );
}

function compileCounted(counted: Counted): SearchSql {
  const { query, filter } = omitTimes(counted);
  return compileSearch(query, filter, NO_ARTIFACTS);
}

/** The days in which tasks match, in ascending order; the first and the last may be divided by the bounds. */
function readDays(
  snapshot: Snapshot,
  sql: SearchSql,
  { bounds: { fromMs, toMs }, measure }: { bounds: Partial<TimeRange>; measure: Measure },
): Promise<DayCount[]> {
  const conditions: Condition[] = [
    ...sql.buildConditions({ task: 'day_counts', prompt: '' }),
    ...buildTimeConditions(
      {
        ...(fromMs === undefined ? {} : { fromMs: Math.floor(fromMs / DAY_MS) }),
        ...(toMs === undefined ? {} : { toMs: Math.ceil(toMs / DAY_MS) }),
      },
      'day',
    ),
  ];
  return snapshot.query<DayCount>(
    numberParams(
      `SELECT day, ${SUMS[measure].ofDays}::bigint AS count FROM day_counts ${buildWhereClause(conditions)}
       GROUP BY day HAVING ${SUMS[measure].ofDays} <> 0 ORDER BY day`,
    ),
    collectParams(conditions),
  );
}

/** Sums up the matches of parts of days. */
async function countParts(
  snapshot: Snapshot,
  sql: SearchSql,
  { ranges, measure }: { ranges: readonly TimeRange[]; measure: Measure },
): Promise<number[]> {
  const conditions = [
    { sql: 'tasks.created_at >= part.from_ms AND tasks.created_at < part.to_ms', params: [] },
    ...sql.buildConditions({ task: 'tasks', prompt: '' }),
  ];
  const rows = await snapshot.query<{ count: number }>(
    numberParams(
      // For each part by itself: of many parts the planner would read the tasks between the first and the last one.
      `SELECT (SELECT ${SUMS[measure].ofTasks} FROM tasks ${buildWhereClause(conditions)})::bigint AS count
       FROM unnest(?::bigint[], ?::bigint[]) WITH ORDINALITY AS part (from_ms, to_ms, n) ORDER BY n`,
    ),
    [
      ...collectParams(conditions),
      ranges.map(({ fromMs }) => Math.ceil(fromMs)),
      ranges.map(({ toMs }) => Math.ceil(toMs)),
    ],
  );
  return rows.map(({ count }) => count);
}
