/** Asks for everything that the first view of the wall shows. */
import type { ApiError } from '../../../lib/api-error.ts';
import type { TagList } from '../../../views/marks-schema.ts';
import type {
  LayoutData,
  MonthCount,
  PlaceData,
  SearchInfo,
  TaskDetails,
  TilePage,
} from '../../../web/view/data.ts';
import type { PageData, WallData } from '../../../web/view/page-data.ts';
import { buildSearchParams, getSort, isFiltered, type View } from '../../../web/view/url.ts';
import { toApiError } from '../../errors.ts';
import type { SearchRoute } from '../../search/search-protocol.ts';

/** Asks a search thread. @throws ApiError */
export type AskThread = (route: SearchRoute, params: URLSearchParams, id?: string) => Promise<string>;

interface LoadOptions {
  readonly ask: AskThread;
  /** Told of everything that could not be read. */
  readonly onError: (error: unknown) => void;
}

/** A search that can't be answered is a page that says so. */
export async function loadWallData(
  view: View,
  page: PageData,
  { ask, onError }: LoadOptions,
): Promise<{ data: WallData; error: ApiError | undefined }> {
  const report = (error: unknown): ApiError => {
    const apiError = toApiError(error);
    if (apiError.status >= 500) onError(error);
    return apiError;
  };
  let error: ApiError | undefined;
  const parts = await loadTiles(view, page.timeZone, ask).catch((reason: unknown) => {
    error = report(reason);
    return { ...NO_TILES, problem: error.message };
  });
  const all = isFiltered(view)
    ? await askFor<{ total: number }>(ask, 'months', new URLSearchParams({ tz: page.timeZone })).catch(
        () => undefined,
      )
    : { total: parts.total.count };
  const hasTags = !page.rights.seesAll || (await findAnyTag(ask));
  const task = await loadTask(view, page.timeZone, { ask, report });
  const data = { ...page, view, ...parts, allTasks: all?.total, hasTags, task };
  return { data, error };
}

/** Not asked for a caller with limits, whose tags take up to a second to count among 100,000. */
async function findAnyTag(ask: AskThread): Promise<boolean> {
  const { items } = await askFor<TagList>(ask, 'tags', new URLSearchParams({ limit: '1' })).catch(() => ({
    items: [],
  }));
  return items.length > 0;
}

type Tiles = Pick<WallData, 'months' | 'layouts' | 'tiles' | 'nextCursor' | 'total' | 'info' | 'problem'>;

/** As `answerFirstView` makes it. */
interface FirstView {
  readonly search: TilePage;
  readonly months: { readonly items: readonly MonthCount[]; readonly total: number } | null;
  readonly layouts: readonly LayoutData[];
}

async function loadTiles(view: View, timeZone: string, ask: AskThread): Promise<Tiles> {
  const params = buildSearchParams(view, timeZone);
  if (view.cursor !== '') params.set('cursor', view.cursor);
  const { search, months, layouts } = await askFor<FirstView>(ask, 'first-view', params);
  const { items: tiles, next_cursor: nextCursor, ...info } = search;
  const total = months
    ? { count: months.total, isExact: true }
    : { count: search.total, isExact: search.total_is_exact };
  return { months: months?.items ?? [], layouts, tiles, nextCursor, total, info, problem: null };
}

async function loadTask(
  view: View,
  timeZone: string,
  { ask, report }: { ask: AskThread; report: (error: unknown) => ApiError },
): Promise<WallData['task']> {
  if (view.task === '') return undefined;
  const details = askFor<TaskDetails>(
    ask,
    'details',
    new URLSearchParams(view.q === '' ? {} : { q: view.q }),
    view.task,
  );
  return {
    details: await details.catch((error: unknown) => (report(error).status < 500 ? 'missing' : 'failed')),
    place:
      getSort(view) === 'relevance'
        ? null
        : await askFor<PlaceData>(ask, 'place', withId(buildSearchParams(view, timeZone), view.task)).catch(
            () => null,
          ),
  };
}

function withId(params: URLSearchParams, id: string): URLSearchParams {
  params.set('id', id);
  return params;
}

/** The answers are those of our own search thread. */
async function askFor<T>(
  ask: AskThread,
  route: SearchRoute,
  params: URLSearchParams,
  id?: string,
): Promise<T> {
  return JSON.parse(await ask(route, params, id)) as T;
}

const NO_INFO: SearchInfo = {
  ...{ total: 0, total_is_exact: true, close_total: null, optional_words: [], notes: [], understood: [] },
  ...{ did_you_mean: [], without: [] },
};

const NO_TILES = {
  ...{ months: [], layouts: [], tiles: [], nextCursor: null, total: { count: 0, isExact: true } },
  info: NO_INFO,
} satisfies Omit<Tiles, 'problem'>;
