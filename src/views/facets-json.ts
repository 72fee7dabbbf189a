/** Facets as JSON. */
import { formatIsoTime } from '../lib/iso-time.ts';
import { formatPeriod, type TimeUnit } from '../search/dates.ts';
import type { CountedFacets, FacetCount } from '../store/contract/search.ts';
import type { FacetsView } from './search-schema.ts';

/** @param timeZone the calendar of the histogram's periods */
export function serializeFacets(facets: CountedFacets, by: TimeUnit, timeZone: string): FacetsView {
  const serializeCounts = (list: readonly FacetCount[]) => list.map(({ value, count }) => ({ value, count }));
  return {
    total: facets.total,
    model: serializeCounts(facets.models),
    size: serializeCounts(facets.sizes),
    action: serializeCounts(facets.actions),
    state: serializeCounts(facets.states),
    histogram: {
      by,
      tz: timeZone,
      items: facets.histogram.map(({ fromMs, count }) => ({
        period: formatPeriod(by, fromMs, timeZone),
        from: formatIsoTime(fromMs),
        count,
      })),
    },
    counted_at: formatIsoTime(facets.countedAtMs),
  };
}
