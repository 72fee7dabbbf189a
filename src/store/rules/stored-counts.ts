/** What the counts that are stored with the tasks can decide: by their values, and by day. */
import type { QueryNode } from '../../search/ast.ts';
import type { FacetName, HistogramRequest } from '../contract/search.ts';
import type { FilterColumn } from '../contract/tasks.ts';
import { listFilterValues } from './filter-values.ts';
import { intersectQueryTimes } from './query-parts.ts';

/** What matches. */
export type Counted = Pick<HistogramRequest, 'query' | 'filter'>;

/** What is summed up: the tasks, those that are not hidden, or the costs of all in millionths of a credit. */
export type Measure = 'tasks' | 'visible' | 'costs';

const DAY_COLUMNS = ['state', 'userId', 'applicationId'] as const;
/** The columns that each kind of counts has. */
const COLUMNS_OF_DAYS: ReadonlySet<FilterColumn> = new Set(DAY_COLUMNS);
const COLUMNS_OF_VALUES: ReadonlySet<FilterColumn> = new Set([...DAY_COLUMNS, 'model', 'size', 'action']);

/** Whether the counts by day tell how many tasks match over time. */
export function isDecidedByDays(request: Counted & Pick<HistogramRequest, 'groupByPrompt'>): boolean {
  return !request.groupByPrompt && isDecidedBy(COLUMNS_OF_DAYS, request);
}

/** Whether the counts by value tell how many tasks match. */
export function isDecidedByValues(request: Counted): boolean {
  const isTimed = Object.keys(intersectQueryTimes(request.filter, request.query)).length > 0;
  return !isTimed && isDecidedBy(COLUMNS_OF_VALUES, request);
}

/** Whether all conditions but the time are on these columns. */
function isDecidedBy(columns: ReadonlySet<FilterColumn>, { query, filter }: Counted): boolean {
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

/** Counts have no time, or only that of days, and hidden tasks are subtracted from them. */
export function omitTimes({ query, filter }: Counted): Counted {
  const { fromMs: _from, toMs: _to, ...untimed } = filter;
  return {
    query: { ...query, parts: query.parts.filter(({ kind }) => kind !== 'time') },
    filter: { ...untimed, includesHidden: true },
  };
}

/** Whether tasks must be counted by their values for these facets; else the histogram tells the total. */
export function needsValues(only: readonly FacetName[]): boolean {
  return !only.includes('histogram') || only.some((name) => name !== 'histogram' && name !== 'tag');
}
