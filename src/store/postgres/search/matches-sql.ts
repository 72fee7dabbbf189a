/** All matches of a search as a table, for statements that read each of them. */
import { intersectTimes, type TimeRange } from '../../../search/dates.ts';
import { buildWhereClause, type Condition, collectParams } from '../conditions.ts';
import { buildTimeConditions } from '../filter-sql.ts';
import { ROW, type SearchSql } from './search-sql.ts';
import { coverRange } from './slice-ranges.ts';

export interface MatchesSql {
  /** With `tasks` under its own name. */
  readonly from: string;
  readonly where: string;
  /** Those of `where`. */
  readonly params: readonly unknown[];
}

interface MatchesOptions {
  /** Only matches created in it. */
  readonly range?: TimeRange;
  /** Further conditions. */
  readonly more?: readonly Condition[];
  /** Whether those select one task, so that whatever is asked is asked of it alone. */
  readonly isOneRow?: boolean;
}

export function buildMatches(
  sql: SearchSql,
  { range, more = [], isOneRow = false }: MatchesOptions = {},
): MatchesSql {
  const times = intersectTimes([sql.times, range ?? {}]);
  const needsPrompts = isOneRow || sql.match !== undefined || sql.readsPrompts;
  const conditions = [
    ...more,
    ...(isOneRow
      ? sql.buildConditions(ROW)
      : [
          ...buildMatchConditions(sql, times),
          ...buildTimeConditions(times, 'tasks.created_at'),
          ...sql.conditions,
        ]),
  ];
  return {
    from: `FROM tasks${needsPrompts ? ' JOIN prompts ON prompts.task = tasks.arrival' : ''}`,
    where: buildWhereClause(conditions),
    params: collectParams(conditions),
  };
}

/**
 * What an index finds of a search.
 * @param times of what is wanted; default: of the search
 */
export function buildMatchConditions(
  { match, lists, times: own }: SearchSql,
  times: Partial<TimeRange> = own,
): Condition[] {
  if (match !== undefined)
    return [{ sql: 'prompts.tokens @@ ?::tsquery', params: [narrowMatch(match, times)] }];
  if (!lists) return [];
  return [
    {
      sql: `tasks.arrival IN (${lists.map((list) => list.sql).join(' UNION ALL ')})`,
      params: collectParams(lists),
    },
  ];
}

/** The tsquery for matches of a range of time: slices can cover it if it has two ends. */
export function narrowMatch(match: string, { fromMs, toMs }: Partial<TimeRange>): string {
  const slices = fromMs === undefined || toMs === undefined ? undefined : coverRange({ fromMs, toMs });
  return slices === undefined ? match : `${match} & ${slices}`;
}
