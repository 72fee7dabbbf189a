/** What a saved search finds, read anew each time: its dates may be relative. */
import type { Query } from '../../search/ast.ts';
import { findMachineTimeZone } from '../../search/machine-time-zone.ts';
import { parseQuery } from '../../search/parser.ts';
import type { SavedSearch } from './saved-searches.ts';
import type { SearchStore } from './search.ts';
import type { TaskFilter } from './tasks.ts';

export type SavedQuery = Pick<SavedSearch, 'query' | 'timeZone' | 'limits'>;

export interface SavedTarget {
  readonly query: Query;
  readonly filter: TaskFilter;
}

export function readSavedQuery({ query, timeZone, limits }: SavedQuery, nowMs: number): SavedTarget {
  return {
    query: parseQuery(query, { timeZone: timeZone ?? findMachineTimeZone().timeZone, nowMs }),
    filter: limits ? { within: limits } : {},
  };
}

export interface NewHits {
  /** Exact up to COUNT_LIMIT. */
  readonly total: number;
  readonly isExact: boolean;
}

/** How many tasks that it matches were created since a time. */
export async function countNewHits(
  store: Pick<SearchStore, 'search'>,
  saved: SavedQuery,
  { sinceMs, nowMs }: { sinceMs: number; nowMs: number },
): Promise<NewHits> {
  const { query, filter } = readSavedQuery(saved, nowMs);
  const page = await store.search({
    ...{ query, sort: 'newest', limit: 1, nowMs },
    filter: { ...filter, fromMs: sinceMs },
  });
  return { total: page.total, isExact: page.totalIsExact };
}
