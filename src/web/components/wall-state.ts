/** The first state of the wall's page, from the data that the server puts into it. */
import { computed, signal } from '@preact/signals';
import type { TileData } from '../view/data.ts';
import { createMonthTest } from '../view/months.ts';
import type { WallData } from '../view/page-data.ts';
import { getSort } from '../view/url.ts';
import type { AppState, OpenTask, Selection, VisibleSection, VisibleTile } from './app.ts';
import { createShellState } from './shell-state.ts';
import { getTileKey } from './tile-key.ts';

export const NO_SELECTION: Selection = { ids: new Set(), isSearch: false, found: 0 };

export function createWallState(data: WallData): AppState {
  const total = signal<AppState['total']['value']>(data.problem === null ? data.total : undefined);
  const selection = signal<Selection>(NO_SELECTION);
  const sections = arrangeFirstTiles(data);
  return {
    ...createShellState(data),
    view: signal(data.view),
    shownView: signal(data.view),
    total,
    allTasks: signal(data.allTasks),
    info: signal(data.info),
    problem: signal(data.problem ?? undefined),
    startsWithTrouble: data.problem !== null || data.health.state !== 'ok',
    facets: signal(undefined),
    dateMonths: signal(undefined),
    wall: signal({ height: undefined, sections, withPictures: true }),
    rail: signal({ months: [], current: 0 }),
    railProgress: signal(0),
    stickyHeading: signal(undefined),
    task: signal(data.task && createOpenTask(data.view.task, data.task)),
    selection,
    selectedCount: computed(() => {
      const { ids, isSearch, found } = selection.value;
      return isSearch ? Math.max(0, found - ids.size) : ids.size;
    }),
    focusedKey: signal(sections[0]?.tiles[0]?.key),
    isStale: signal(false),
    newTasks: signal(0),
    toast: signal(undefined),
    hasTags: signal(data.hasTags),
    markControls: signal(undefined),
    collectionControls: signal(undefined),
    editedMark: signal(undefined),
    noteDrafts: new Map(),
    nextCursor: data.nextCursor,
  };
}

function createOpenTask(id: string, { details, place }: NonNullable<WallData['task']>): OpenTask {
  return {
    id,
    details,
    place: place ?? undefined,
    previous: place?.previous ?? undefined,
    next: place?.next ?? undefined,
    strip: [],
    same: [],
    similar: [],
  };
}

/** The first tiles by months, or in the order of best match as one section and the close ones. */
function arrangeFirstTiles({ view, months, tiles, total }: WallData): VisibleSection[] {
  if (getSort(view) === 'relevance' || view.cursor !== '') {
    const isClose = (tile: TileData) => tile.match === 'close';
    return [
      ...createSection(
        'exact',
        undefined,
        tiles.filter((tile) => !isClose(tile)),
        total.count,
      ),
      ...createSection('close', 'close', tiles.filter(isClose), tiles.filter(isClose).length),
    ];
  }
  return months.flatMap((month) => {
    const own = tiles.filter(createMonthTest(month));
    return createSection(month.month, 'month', own, month.count);
  });
}

function createSection(
  key: string,
  title: VisibleSection['title'],
  tiles: readonly TileData[],
  count: number,
): VisibleSection[] {
  if (tiles.length === 0) return [];
  const month = title === 'month' ? key : undefined;
  const visible = tiles.map(
    (tile, index): VisibleTile => ({
      ...{
        key: getTileKey({ key, month, count }, index),
        tile,
        state: tile.state,
        ratio: tile.ratio,
        index,
        count,
      },
      place: undefined,
    }),
  );
  return [{ key, month, title, count, place: undefined, tiles: visible }];
}
