/**
 * Months of tiles: their counts are known, the layout of a month is loaded when it comes near, and tiles in slices of a hundred.
 * Tiles are kept by their distance from the end of their month, so that new tasks at its start move none of them.
 */
import type { LayoutData, MonthCount, TileData, TilePage } from '../../view/data.ts';
import { createMonthTest } from '../../view/months.ts';
import { type Api, ignoreFailure } from '../api.ts';
import { decodeBase64 } from './base64.ts';
import type { SourceSection, TileSource } from './source.ts';

const SLICE = 100;
/** Tiles that are kept; those of the months seen last are. */
const MAX_TILES = 20_000;
const STATES = ['pending', 'succeeded', 'failed'] as const;

interface Layout {
  readonly count: number;
  readonly ratios: Uint8Array;
  readonly states: Uint8Array;
  readonly cursors: readonly string[];
  /** So many tiles at the start have come since the month was first seen. */
  readonly lead: number;
}

interface Month {
  readonly info: MonthCount;
  layout: Layout | undefined;
  /** By distance from the end of the month: the last tile has 1. */
  readonly tiles: Map<number, TileData>;
  /** Slices that are loaded, of the present layout; another set once what they show may have changed. */
  loaded: Set<number>;
  /** Whether tiles may stand elsewhere or be others by now: they are shown until their slices have been loaded again. */
  isOutdated: boolean;
}

interface MonthSourceOptions {
  readonly api: Api;
  /** The parameters of the search, without a cursor. */
  readonly params: URLSearchParams;
  readonly months: readonly MonthCount[];
  readonly layouts: readonly LayoutData[];
  /** The first tiles of the first months, in their order. */
  readonly tiles: readonly TileData[];
  /** Called when more is known: places have changed, or only tiles have been filled in. */
  readonly onChange: (what: 'layout' | 'tiles') => void;
}

export interface MonthSource extends TileSource {
  /**
   * Loads the counts again, and the layouts of months that have changed.
   * @param moved tasks that have left, or have come back to where they were: others come at the start
   * @returns how many tasks are new
   */
  refresh(moved?: ReadonlySet<string>): Promise<number>;
  /** Loads the layout of a month now. */
  loadMonth(month: string): Promise<void>;
}

export function createMonthSource(options: MonthSourceOptions): MonthSource {
  const { api, params, onChange } = options;
  let months = options.months.map(createMonth);
  const requests = new Map<string, AbortController>();
  let isStopped = false;
  options.layouts.forEach((data) => {
    const month = months.find(({ info }) => info.month === data.month);
    if (month && month.info.count === data.count) month.layout = readLayout(data);
  });
  fillFirstTiles(months, options.tiles);

  /** Runs a request unless the same one runs; a failed one is tried again when it is wanted again. */
  const request = async (key: string, run: (signal: AbortSignal) => Promise<void>): Promise<void> => {
    if (requests.has(key) || isStopped) return;
    const abort = new AbortController();
    requests.set(key, abort);
    try {
      await run(abort.signal);
    } catch (error) {
      ignoreFailure(error);
    } finally {
      requests.delete(key);
    }
  };

  const fetchLayout = (month: Month, signal?: AbortSignal): Promise<LayoutData> => {
    const query = new URLSearchParams(params);
    query.set('month', month.info.month);
    return api.get<LayoutData>('api/wall/layout', query, signal);
  };
  const loadLayout = (month: Month): Promise<void> =>
    request(`layout ${month.info.month}`, async (signal) => {
      const data = await fetchLayout(month, signal);
      if (isStopped) return;
      adoptLayout(month, data);
      onChange('layout');
    });
  /** Scrolling does not end it: nothing would ask for it again. */
  const reloadLayout = async (month: Month, moved?: ReadonlySet<string>): Promise<void> => {
    try {
      const data = await fetchLayout(month);
      if (!isStopped) adoptLayout(month, data, moved);
    } catch (error) {
      ignoreFailure(error);
    }
  };

  const loadSlice = (month: Month, slice: number): Promise<void> =>
    request(`slice ${month.info.month} ${slice}`, async (signal) => {
      const { layout, loaded } = month;
      const cursor = layout?.cursors[slice];
      if (!layout || cursor === undefined) return;
      const query = new URLSearchParams(params);
      query.set('fields', 'tile');
      query.set('limit', String(SLICE));
      query.set('cursor', cursor);
      const page = await api.get<TilePage>('api/search', query, signal);
      if (isStopped || month.layout !== layout || !months.includes(month)) return;
      const isOfMonth = createMonthTest(month.info);
      page.items.forEach((tile, at) => {
        if (isOfMonth(tile)) month.tiles.set(layout.count - slice * SLICE - at, tile);
      });
      loaded.add(slice);
      onChange('tiles');
    });

  const forgetFarTiles = (near: ReadonlySet<Month>) => {
    let total = months.reduce((sum, { tiles }) => sum + tiles.size, 0);
    for (const month of months) {
      if (total <= MAX_TILES) return;
      if (near.has(month)) continue;
      total -= month.tiles.size;
      month.tiles.clear();
      month.loaded.clear();
    }
  };

  /** One after the other: an earlier answer must not replace a later one. */
  let refreshing: Promise<unknown> = Promise.resolve();
  const refreshNow = async (moved: ReadonlySet<string> | undefined): Promise<number> => {
    const answer = await api.get<{ items: MonthCount[] }>('api/wall/months', params);
    if (isStopped) return 0;
    const before = new Map(months.map((month) => [month.info.month, month]));
    const changed: Month[] = [];
    months = answer.items.map((info) => {
      const old = before.get(info.month);
      // A layout that could not be loaded is still the one before.
      if (old && old.info.count === info.count && (old.layout?.count ?? info.count) === info.count)
        return old;
      const month = { ...(old ?? createMonth(info)), info };
      if (old?.layout) changed.push(month);
      return month;
    });
    const added = answer.items.reduce(
      (sum, { month, count }) => sum + Math.max(0, count - (before.get(month)?.info.count ?? 0)),
      0,
    );
    // The old layout would be one of other tiles.
    await Promise.all(changed.map((month) => reloadLayout(month, moved)));
    onChange('layout');
    return added;
  };

  return {
    get sections() {
      return months.map(createSection);
    },
    want: (wanted) => {
      const keys = new Set<string>();
      const runs: (() => Promise<void>)[] = [];
      for (const { section, first, end } of wanted) {
        const month = months[section];
        if (!month) continue;
        if (!month.layout) {
          keys.add(`layout ${month.info.month}`);
          runs.push(() => loadLayout(month));
          continue;
        }
        for (let slice = Math.floor(first / SLICE); slice * SLICE < end; slice += 1) {
          if (
            month.loaded.has(slice) ||
            (!month.isOutdated &&
              hasTiles(month, Math.max(first, slice * SLICE), Math.min(end, (slice + 1) * SLICE)))
          )
            continue;
          keys.add(`slice ${month.info.month} ${slice}`);
          runs.push(() => loadSlice(month, slice));
        }
      }
      for (const [key, abort] of requests) if (!keys.has(key)) abort.abort();
      for (const run of runs) void run();
      forgetFarTiles(new Set(wanted.flatMap(({ section }) => months[section] ?? [])));
    },
    find: (id) => findTile(months, id),
    update: (change) => {
      for (const { tiles } of months) for (const [fromEnd, tile] of tiles) tiles.set(fromEnd, change(tile));
      onChange('tiles');
    },
    listAround: (id, distance) => {
      const found = findTile(months, id);
      const month = found && months[found.section];
      if (!found || !month?.layout) return [];
      const { count } = month.layout;
      const around: TileData[] = [];
      for (let index = found.index - distance; index <= found.index + distance; index += 1) {
        const tile = month.tiles.get(count - index);
        if (tile) around.push(tile);
      }
      return around;
    },
    loadMonth: async (name) => {
      const month = months.find(({ info }) => info.month === name);
      if (month && !month.layout) await loadLayout(month);
    },
    refresh: (moved) => {
      const run = refreshing.then(() => refreshNow(moved));
      refreshing = run.catch(() => undefined);
      return run;
    },
    markOutdated: () => {
      for (const month of months) {
        month.isOutdated = true;
        month.loaded = new Set(); // answers that are on their way may be older
      }
      onChange('tiles');
    },
    stop: () => {
      isStopped = true;
      for (const abort of requests.values()) abort.abort();
    },
  };
}

function createMonth(info: MonthCount): Month {
  return { info, layout: undefined, tiles: new Map(), loaded: new Set(), isOutdated: false };
}

function readLayout({ count, ratios, states, cursors }: LayoutData): Layout {
  return { count, ratios: decodeBase64(ratios), states: decodeBase64(states), cursors, lead: 0 };
}

/** Tiles that are loaded stay, although the slices of the new layout begin elsewhere. */
function adoptLayout(month: Month, data: LayoutData, moved: ReadonlySet<string> = new Set()): void {
  const now = readLayout(data);
  const added = now.count - (month.layout?.count ?? now.count);
  const isClosed = added < 0 && closeGaps(month, moved, -added);
  if (!isClosed && (added < 0 || (added > 0 && moved.size > 0))) month.isOutdated = true;
  month.layout = month.layout && moved.size === 0 ? keepPlaces(month.layout, now) : now;
  month.loaded.clear();
}

/** Takes away the tiles that have left. @returns whether these are all that are missing */
function closeGaps({ tiles }: Month, moved: ReadonlySet<string>, missing: number): boolean {
  const left = [...tiles].flatMap(([fromEnd, { id }]) => (moved.has(id) ? [fromEnd] : []));
  if (left.length !== missing) return false;
  const kept = [...tiles].filter(([fromEnd]) => !left.includes(fromEnd));
  tiles.clear();
  for (const [fromEnd, tile] of kept)
    tiles.set(fromEnd - left.filter((other) => other < fromEnd).length, tile);
  return true;
}

/** Shares of tiles whose ratio may have changed: pictures of the last minutes have other sizes than they were asked for. */
const MAX_CHANGED = 0.1;

/** Tiles that are seen keep their ratios and rows when others come before them; a month that has changed otherwise is placed anew. */
function keepPlaces(before: Layout, now: Layout): Layout {
  const added = now.count - before.count;
  if (added < 0) return now;
  const changed = before.ratios.reduce((sum, byte, at) => sum + (now.ratios[at + added] === byte ? 0 : 1), 0);
  if (changed > 2 + before.count * MAX_CHANGED) return now;
  const ratios = Uint8Array.from([...now.ratios.subarray(0, added), ...before.ratios]);
  return { ...now, ratios, lead: before.lead + added };
}

/** The first tiles come with the page. A slice counts as loaded when all of it is there. */
function fillFirstTiles(months: readonly Month[], tiles: readonly TileData[]): void {
  for (const month of months) {
    const own = tiles.filter(createMonthTest(month.info));
    own.forEach((tile, index) => {
      month.tiles.set(month.info.count - index, tile);
    });
    if (own.length === month.info.count && own.length <= SLICE) month.loaded.add(0);
  }
}

/** Whether the tiles [first, end) are loaded: those that come with the page are a part of a slice. */
function hasTiles({ tiles, layout, info }: Month, first: number, end: number): boolean {
  const count = layout?.count ?? info.count;
  for (let index = first; index < Math.min(end, count); index += 1)
    if (!tiles.has(count - index)) return false;
  return true;
}

function createSection({ info, layout, tiles }: Month): SourceSection {
  const count = layout?.count ?? info.count;
  return {
    key: info.month,
    month: info.month,
    title: 'month',
    count,
    ratios: layout?.ratios,
    lead: layout?.lead ?? 0,
    getState: (index) => {
      const tile = tiles.get(count - index);
      if (tile) return tile.state;
      const bits = ((layout?.states[index >> 2] ?? 0) >> ((index & 3) * 2)) & 3;
      return STATES[bits] ?? 'succeeded';
    },
    getTile: (index) => tiles.get(count - index),
  };
}

function findTile(months: readonly Month[], id: string): { section: number; index: number } | undefined {
  for (const [section, { tiles, layout, info }] of months.entries()) {
    for (const [fromEnd, tile] of tiles)
      if (tile.id === id) return { section, index: (layout?.count ?? info.count) - fromEnd };
  }
  return undefined;
}
