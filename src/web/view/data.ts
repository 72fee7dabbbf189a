/** What the pages get from the mirror: the answers of its API, whose schemas are in `views/`. */

import type { CollectionTasks } from '../../views/collections-schema.ts';
import type { TagList } from '../../views/marks-schema.ts';
import type { FacetsAnswer, SearchAnswer, Tile } from '../../views/search-schema.ts';
import type { WallLayoutView, WallMonthsView, WallPlaceView } from '../../views/wall-schema.ts';

export type { Health } from '../../views/health.ts';
export type { TaskDetailsView as TaskDetails } from '../../views/task-details.ts';

/** A hit with `fields=tile`. */
export type TileData = Tile;

/** `GET /api/search?fields=tile`. */
export type TilePage = Omit<SearchAnswer, 'items'> & { readonly items: readonly Tile[] };

/** `/api/collections`. */
export type {
  CollectionList,
  CollectionView as CollectionData,
  PlacementView,
  TakingView,
} from '../../views/collections-schema.ts';

/** A task of a collection, or the place of one that is not in the mirror any more. */
export type CollectionEntry = Omit<CollectionTasks['items'][number], 'task'> & {
  readonly task: Tile | null;
};

/** `GET /api/collections/:id/tasks?fields=tile`. */
export type CollectionTilePage = Omit<CollectionTasks, 'items'> & {
  readonly items: readonly CollectionEntry[];
};

/** What readers say of a task. */
/** `POST /api/marks`. */
export type { MarkResult, MarksView, TaskMarksView } from '../../views/marks-schema.ts';
/** `/api/saved`. */
export type { SavedSearchList, SavedSearchView } from '../../views/saved-schema.ts';

/** `GET /api/tags`. */
export type TagCount = TagList['items'][number];

/** What a search says about itself. */
export type SearchInfo = Omit<TilePage, 'items' | 'next_cursor' | 'took_ms' | 'ranked' | 'values'>;

/** `GET /api/wall/months`. */
export type MonthCount = WallMonthsView['items'][number];

/** `GET /api/wall/layout`. */
export type LayoutData = Pick<WallLayoutView, 'month' | 'count' | 'ratios' | 'states' | 'cursors'>;

/** `GET /api/wall/place`. */
export type PlaceData = WallPlaceView;

/** `GET /api/facets`. */
export type FacetData = FacetsAnswer;
