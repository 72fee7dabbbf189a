/** Facets as JSON. */
import { isoTime } from '../lib/iso-time.ts';
import { periodName, type TimeUnit } from '../search/dates.ts';
import type { FacetCount, Facets } from '../store/contract/search.ts';
import type { FacetsView } from './search-schema.ts';

/** @param timeZone the calendar of the histogram's periods */
export function facetsJson(facets: Facets, by: TimeUnit, timeZone: string): FacetsView {
  const counts = (list: readonly FacetCount[]) => list.map(({ value, count }) => ({ value, count }));
  return {
    total: facets.total,
    model: counts(facets.models),
    size: counts(facets.sizes),
    action: counts(facets.actions),
    state: counts(facets.states),
    histogram: {
      by,
      tz: timeZone,
      items: facets.histogram.map(({ fromMs, count }) => ({
        period: periodName(by, fromMs, timeZone),
        from: isoTime(fromMs),
        count,
      })),
    },
  };
}
