/** Search requests for tests. */
import { parseQuery } from '../../src/search/parser.ts';
import type { SearchRequest } from '../../src/store/contract/search.ts';

/** Noon of 14 March 2026, UTC. */
export const SEARCH_NOW = Date.UTC(2026, 2, 14, 12);

export const SEARCH_CONTEXT = { timeZone: 'UTC', nowMs: SEARCH_NOW };

/** The newest 20 hits of a query, in UTC, unless told otherwise. */
export function searchRequest(text: string, more: Partial<SearchRequest> = {}): SearchRequest {
  const query = parseQuery(text, SEARCH_CONTEXT);
  return { query, filter: {}, sort: 'newest', limit: 20, nowMs: SEARCH_NOW, ...more };
}
