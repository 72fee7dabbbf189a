/** Facets as JSON. */
import { formatIsoTime } from '../lib/iso-time.ts';
import { formatPeriod, type TimeUnit } from '../search/dates.ts';
import type { CountedFacets, FacetCount, FacetName } from '../store/contract/search.ts';
import type { FacetsView } from './search-schema.ts';

interface FacetsOptions {
  /** The lists that are shown. */
  readonly only: readonly FacetName[];
  readonly by: TimeUnit;
  /** The calendar of the histogram's periods. */
  readonly timeZone: string;
}

export function serializeFacets(facets: CountedFacets, { only, by, timeZone }: FacetsOptions): FacetsView {
  const show = <Name extends FacetName, View>(name: Name, view: View) =>
    only.includes(name) ? ({ [name]: view } as { readonly [Key in Name]: View }) : {}; // a computed key widens to string
  const serializeCounts = (list: readonly FacetCount[]) => list.map(({ value, count }) => ({ value, count }));
  const items = facets.histogram.map(({ fromMs, count }) => ({
    period: formatPeriod(by, fromMs, timeZone),
    from: formatIsoTime(fromMs),
    count,
  }));
  return {
    total: facets.total,
    ...show('model', serializeCounts(facets.models)),
    ...show('size', serializeCounts(facets.sizes)),
    ...show('action', serializeCounts(facets.actions)),
    ...show('state', serializeCounts(facets.states)),
    ...show('tag', serializeCounts(facets.tags)),
    ...show('histogram', { by, tz: timeZone, items }),
    counted_at: formatIsoTime(facets.countedAtMs),
  };
}
