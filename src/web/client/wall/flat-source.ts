/** The tiles of a search by best match: exact hits, then close ones, page after page by cursor. */
import type { TileData, TilePage } from '../../view/data.ts';
import { type Api, ignoreFailure } from '../api.ts';
import type { SourceSection, TileSource } from './source.ts';

const PAGE = 60;
/** More is loaded when fewer tiles than this are left below. */
const AHEAD = 40;
/** Values of one parameter. */
const MAX_RELOADED = 100;

interface FlatSourceOptions {
  readonly api: Api;
  readonly params: URLSearchParams;
  readonly tiles: readonly TileData[];
  readonly nextCursor: string | null;
  readonly onChange: (what: 'layout' | 'tiles') => void;
}

export function createFlatSource({ api, params, onChange, ...first }: FlatSourceOptions): TileSource {
  let tiles = [...first.tiles];
  let cursor = first.nextCursor;
  let request: AbortController | undefined;
  let sections = createSections(tiles);

  const loadMore = async () => {
    if (cursor === null || request) return;
    request = new AbortController();
    const query = new URLSearchParams(params);
    query.set('fields', 'tile');
    query.set('limit', String(PAGE));
    query.set('cursor', cursor);
    try {
      const page = await api.get<TilePage>('api/search', query, request.signal);
      cursor = page.next_cursor;
      const known = new Set(tiles.map(({ id }) => id));
      tiles = [...tiles, ...page.items.filter(({ id }) => !known.has(id))];
      sections = createSections(tiles);
      onChange('layout');
    } catch (error) {
      ignoreFailure(error);
    } finally {
      request = undefined;
    }
  };

  const update = (change: (tile: TileData) => TileData) => {
    tiles = tiles.map((tile) => {
      const changed = change(tile);
      return changed === tile ? tile : keepMatch(changed, tile);
    });
    sections = createSections(tiles);
    onChange('tiles');
  };

  /** What may have finished or been archived. Their order stays: nothing is put between what is read. */
  const loadUnsettled = async () => {
    const unsettled = tiles.filter(({ state, sha256 }) => state !== 'failed' && sha256 === null);
    if (unsettled.length === 0) return;
    const query = new URLSearchParams({ fields: 'tile', limit: String(MAX_RELOADED) });
    for (const { id } of unsettled.slice(0, MAX_RELOADED)) query.append('id', id);
    try {
      const { items } = await api.get<TilePage>('api/search', query);
      const found = new Map(items.map((tile) => [tile.id, tile]));
      update((tile) => found.get(tile.id) ?? tile);
    } catch (error) {
      ignoreFailure(error);
    }
  };

  return {
    get sections() {
      return sections;
    },
    want: (wanted) => {
      const ends = wanted.map(({ section, end }) => countBefore(sections, section) + end);
      if (Math.max(0, ...ends) + AHEAD >= tiles.length) void loadMore();
    },
    find: (id) => {
      for (const [section, { count, getTile }] of sections.entries())
        for (let index = 0; index < count; index += 1)
          if (getTile(index)?.id === id) return { section, index };
      return undefined;
    },
    update,
    listAround: (id, distance) => {
      const at = tiles.findIndex((tile) => tile.id === id);
      return at === -1 ? [] : tiles.slice(Math.max(0, at - distance), at + distance + 1);
    },
    markOutdated: () => void loadUnsettled(),
    stop: () => {
      cursor = null;
      request?.abort();
    },
  };
}

/** A tile that was loaded alone does not know how it matches. */
function keepMatch(
  tile: TileData,
  { match, missing, corrected, word_form, highlights, group }: TileData,
): TileData {
  return { ...tile, match, missing, corrected, word_form, highlights, group };
}

function createSections(tiles: readonly TileData[]): SourceSection[] {
  const exact = tiles.filter(({ match }) => match === 'exact');
  const close = tiles.filter(({ match }) => match === 'close');
  return [
    ...(exact.length > 0 ? [createSection('exact', undefined, exact)] : []),
    ...(close.length > 0 ? [createSection('close', 'close', close)] : []),
  ];
}

function createSection(
  key: string,
  title: SourceSection['title'],
  tiles: readonly TileData[],
): SourceSection {
  return {
    key,
    month: undefined,
    title,
    count: tiles.length,
    ratios: Uint8Array.from(tiles, ({ ratio }) => ratio),
    lead: 0,
    getState: (index) => tiles[index]?.state ?? 'succeeded',
    getTile: (index) => tiles[index],
  };
}

function countBefore(sections: readonly SourceSection[], section: number): number {
  return sections.slice(0, section).reduce((sum, { count }) => sum + count, 0);
}
