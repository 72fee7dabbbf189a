/** Loads what a view shows. */
import type { LayoutData, MonthCount, TilePage } from '../view/data.ts';
import { buildSearchParams, getSort, type View } from '../view/url.ts';
import type { Api } from './api.ts';
import { createFlatSource } from './wall/flat-source.ts';
import { createMonthSource, type MonthSource } from './wall/month-source.ts';
import type { TileSource } from './wall/source.ts';

/** Tiles that come with the first answer. */
const FIRST_PAGE = 60;

export interface LoadedSearch {
  readonly source: TileSource;
  /** The same, in the order of time. */
  readonly months: MonthSource | undefined;
  readonly page: TilePage;
  readonly total: { readonly count: number; readonly isExact: boolean };
}

interface LoadOptions {
  readonly api: Api;
  readonly timeZone: string;
  /** Whether the last word may not be complete yet. */
  readonly isPartial: boolean;
  readonly signal: AbortSignal;
  readonly onChange: (what: 'layout' | 'tiles') => void;
}

/** @throws ApiFailure, or the browser's error */
export async function loadSearch(view: View, options: LoadOptions): Promise<LoadedSearch> {
  const { api, timeZone, isPartial, signal, onChange } = options;
  const params = buildSearchParams(view, timeZone);
  if (isPartial && view.q.trim() !== '') params.set('partial', 'true');
  const query = new URLSearchParams(params);
  query.set('fields', 'tile');
  query.set('limit', String(FIRST_PAGE));
  const loadPage = () => api.get<TilePage>('api/search', query, signal);
  if (getSort(view) === 'relevance') {
    const page = await loadPage();
    const source = createFlatSource({
      api,
      params,
      tiles: page.items,
      nextCursor: page.next_cursor,
      onChange,
    });
    return { source, months: undefined, page, total: { count: page.total, isExact: page.total_is_exact } };
  }
  const [page, { items, total }] = await Promise.all([
    loadPage(),
    api.get<{ items: MonthCount[]; total: number }>('api/wall/months', params, signal),
  ]);
  const [first] = items;
  const layouts = first ? [await loadLayout(api, params, first.month, signal)] : [];
  const months = createMonthSource({ api, params, months: items, layouts, tiles: page.items, onChange });
  return { source: months, months, page, total: { count: total, isExact: true } };
}

function loadLayout(
  api: Api,
  params: URLSearchParams,
  month: string,
  signal: AbortSignal,
): Promise<LayoutData> {
  const query = new URLSearchParams(params);
  query.set('month', month);
  return api.get<LayoutData>('api/wall/layout', query, signal);
}
