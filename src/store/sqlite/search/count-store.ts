/** Facets and histograms with the time at which they were counted. */
import type { Clock } from '../../../lib/clock.ts';
import type { FacetRequest, HistogramRequest, SearchStore } from '../../contract/search.ts';
import { CHEAP_MS, FEW_TASKS } from '../../rules/count-book.ts';
import { countTasks } from '../counts.ts';
import type { Sqlite } from '../database.ts';
import type { Synchronous } from '../synchronous.ts';
import { type CountCache, createCountCache } from './count-cache.ts';
import { countFacets } from './facets.ts';
import { countHistogram } from './histogram.ts';
import type { IndexState } from './search.ts';

/** For connections that write, or answer one question. */
const NO_CACHE: CountCache = {
  wrap: (_name, _getKey, count) => count,
  isRecountDue: () => false,
  recount: () => undefined,
};

/** @param options.isKept whether results are kept until other connections have committed something */
export function createCountStore(
  db: Sqlite,
  readState: () => IndexState,
  { clock, isKept }: { clock: Clock; isKept: boolean },
): Synchronous<Pick<SearchStore, 'facets' | 'histogram' | 'isRecountDue' | 'recount'>> {
  const cache = isKept
    ? createCountCache(db, (tookMs) => tookMs < CHEAP_MS || countTasks(db) <= FEW_TASKS)
    : NO_CACHE;
  return {
    facets: cache.wrap(
      'facets',
      ({ query, filter, by, timeZone, only }: FacetRequest) => [query.parts, filter, by, timeZone, only],
      (request) => {
        const countedAtMs = clock.now();
        return { ...countFacets(db, request, readState().maxDisplacement), countedAtMs };
      },
    ),
    histogram: cache.wrap(
      'histogram',
      ({ query, filter, by, timeZone, groupByPrompt }: HistogramRequest) => [
        ...[query.parts, filter, by, timeZone, groupByPrompt],
      ],
      (request) => {
        const countedAtMs = clock.now();
        const { maxDisplacement, indexedFromMs } = readState();
        return { bars: countHistogram(db, request, maxDisplacement), countedAtMs, indexedFromMs };
      },
    ),
    isRecountDue: cache.isRecountDue,
    recount: cache.recount,
  };
}
