/** Keeps the page up to date: tasks that finish fill in, new ones appear, nothing that is looked at moves. */
import type { AppState } from '../components/app.ts';
import { cutText } from '../view/cut-text.ts';
import type { Health, TileData, TilePage } from '../view/data.ts';
import type { Dictionary } from '../view/i18n/dictionary.ts';
import type { PageData } from '../view/page-data.ts';
import { getSort } from '../view/url.ts';
import type { Api } from './api.ts';
import { listen } from './live.ts';
import type { Navigation } from './navigation.ts';
import type { TaskViewer } from './task-view.ts';
import type { WallController } from './wall/wall.ts';

/** News of the same moment are handled together. */
const PAUSE_MS = 400;
/** Screen readers are told at most this often. */
const ANNOUNCE_MS = 5000;
const MAX_TILES_PER_REQUEST = 50;
/** Otherwise, searches leave out what is hidden. */
const ANY_TASK = 'is:hidden OR -is:hidden';
/** Characters of a prompt that are read out. */
const MAX_SPOKEN_LENGTH = 80;

interface UpdateDeps {
  readonly api: Api;
  readonly state: AppState;
  readonly t: Dictionary;
  readonly page: PageData;
  readonly navigation: Navigation;
  readonly viewer: TaskViewer;
  readonly wall: WallController;
}

export interface Updates {
  /** How the mirror does; whether it answers at all is known then. */
  loadHealth(): Promise<void>;
}

export function startUpdates(deps: UpdateDeps): Updates {
  const { api, state, t, page, navigation, viewer, wall } = deps;
  const changed = new Set<string>();
  let mayHaveMore = false;
  let isTaskOutdated = false;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let lastAnnouncement = 0;

  const announce = (text: string) => {
    if (Date.now() - lastAnnouncement < ANNOUNCE_MS) return;
    lastAnnouncement = Date.now();
    state.announcement.value = text;
  };

  const getTile = (id: string): TileData | undefined => {
    const source = navigation.getSource();
    const found = source.find(id);
    return found && source.sections[found.section]?.getTile(found.index);
  };

  const updateTiles = async (ids: readonly string[]) => {
    const seen = ids.filter((id) => getTile(id) !== undefined);
    if (seen.length < ids.length) mayHaveMore = true;
    if (seen.length === 0) return;
    const params = new URLSearchParams({ q: ANY_TASK, fields: 'tile', limit: String(seen.length) });
    for (const id of seen) params.append('id', id);
    const { items } = await api.get<TilePage>('api/search', params);
    const found = new Map(items.map((tile) => [tile.id, tile]));
    const left = new Set<string>();
    for (const id of seen) {
      const before = getTile(id);
      const tile = found.get(id);
      if (!tile || isHidden(tile) !== (before !== undefined && isHidden(before))) left.add(id);
      if (tile && before?.state === 'pending' && tile.state !== 'pending')
        announce(`${t.states[tile.state]}: ${cutText(tile.prompt, MAX_SPOKEN_LENGTH)}`);
    }
    navigation.getSource().update((tile) => found.get(tile.id) ?? tile);
    if (left.size > 0) await navigation.refresh(left);
  };

  const showNew = async () => {
    mayHaveMore = false;
    // In the order of best match, nothing is put between what is read.
    if (getSort(state.view.peek()) === 'relevance') return;
    const isAtTop = wall.isAtTop();
    const added = await navigation.refresh();
    if (added === 0) return;
    if (isAtTop) wall.jumpTo(0);
    else state.newTasks.value += added;
    announce(t.newTasks(added));
  };

  const work = async () => {
    timer = undefined;
    const ids = [...changed].slice(0, MAX_TILES_PER_REQUEST);
    for (const id of ids) changed.delete(id);
    try {
      await updateTiles(ids);
      if (isTaskOutdated || ids.includes(state.task.peek()?.id ?? '')) viewer.refresh();
      isTaskOutdated = false;
      if (mayHaveMore) await showNew();
    } catch {
      // The trouble line says it; the next event tries again.
    }
    if (changed.size > 0) schedule();
  };
  const schedule = () => {
    if (timer === undefined) timer = setTimeout(() => void work(), PAUSE_MS);
  };

  const loadHealth = async () => {
    try {
      state.health.value = await api.get<Health>('api/health');
    } catch {
      // The trouble line says it.
    }
  };

  listen(page, {
    onTask: ({ id }) => {
      changed.add(id);
      schedule();
    },
    onChanged: () => {
      navigation.markOutdated();
      mayHaveMore = true;
      isTaskOutdated = true;
      schedule();
    },
    onSync: () => void loadHealth(),
    onStatus: () => void loadHealth(),
    onConnection: (connection) => {
      if (connection === 'ok') state.connection.value = 'ok';
      // Why a stream has ended is not said, and another server may go on: the answer to any other request tells.
      else void loadHealth();
    },
    isRefused: () => state.connection.peek() === 'expired',
  });
  return { loadHealth };
}

function isHidden({ marks }: TileData): boolean {
  return marks?.hidden ?? false;
}
