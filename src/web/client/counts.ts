/** Counts of what a search matches: by value for the filters, by month for the dates, and of all of it. */
import type { AppState } from '../components/app.ts';
import type { FacetData, MonthCount } from '../view/data.ts';
import { buildMatchParams, VALUE_FILTERS } from '../view/url.ts';
import type { Api } from './api.ts';

export interface Counts {
  /** The values of the filters, as if none of these filters were set. What was loaded before is kept when that fails. */
  loadFacets(): Promise<FacetData | undefined>;
  /** The months of the search, whatever its dates. */
  loadDateMonths(): Promise<void>;
  /** How many tasks match exactly; undefined when it can't be counted now. */
  countMatches(): Promise<number | undefined>;
}

export function createCounts(api: Api, state: AppState, timeZone: string): Counts {
  const loadMonths = (view: Parameters<typeof buildMatchParams>[0]) =>
    api.get<{ items: MonthCount[]; total: number }>('api/wall/months', buildMatchParams(view, timeZone));
  return {
    loadFacets: async () => {
      const view = { ...state.view.peek(), model: [], size: [], action: [], state: [], tag: [] };
      const params = buildMatchParams(view, timeZone);
      params.set('only', VALUE_FILTERS.join());
      try {
        state.facets.value = await api.get<FacetData>('api/facets', params);
      } catch {
        // The trouble line says it; the list stays as it was.
      }
      return state.facets.value;
    },
    loadDateMonths: async () => {
      try {
        state.dateMonths.value = (await loadMonths({ ...state.view.peek(), from: '', to: '' })).items;
      } catch {
        state.dateMonths.value ??= [];
      }
    },
    countMatches: async () => {
      try {
        return (await loadMonths(state.view.peek())).total;
      } catch {
        return undefined;
      }
    },
  };
}
