/**
 * Keeps the last counts of a connection that never writes, while no other connection has committed anything. A page asks the same
 * question several times, and what the stored counts can't decide takes a second at a million tasks.
 */
import type { CountedFacets, FacetRequest } from '../../contract/search.ts';
import type { Sqlite } from '../database.ts';

const MAX_ENTRIES = 32;

/** @param count counts, however often it is called */
export function cacheFacets(
  { raw }: Pick<Sqlite, 'raw'>,
  count: (request: FacetRequest) => CountedFacets,
): (request: FacetRequest) => CountedFacets {
  const entries = new Map<string, CountedFacets>(); // the least recently used first
  let version: unknown;
  return (request) => {
    const { query, filter, by, timeZone } = request;
    // Before counting: what is committed meanwhile may be counted already, and then is counted again.
    const current = raw.pragma('data_version', { simple: true });
    if (current !== version) entries.clear();
    version = current;
    const key = JSON.stringify([query.parts, filter, by, timeZone]);
    const known = entries.get(key);
    const facets = known ?? count(request);
    entries.delete(key);
    entries.set(key, facets);
    const [oldest] = entries.keys();
    if (entries.size > MAX_ENTRIES && oldest !== undefined) entries.delete(oldest);
    return facets;
  };
}
