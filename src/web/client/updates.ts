/** Keeps the page up to date: tasks that finish fill in, new ones appear, nothing that is looked at moves. */
import type { AppState } from '../components/app.ts';
import { cutText } from '../view/cut-text.ts';
import type { Health, TilePage } from '../view/data.ts';
import type { Dictionary } from '../view/i18n/dictionary.ts';
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
/** Characters of a prompt that are read out. */
const MAX_SPOKEN_LENGTH = 80;

interface UpdateDeps {
  readonly api: Api;
  readonly state: AppState;
  readonly t: Dictionary;
  readonly timeZone: string;
  readonly navigation: Navigation;
  readonly viewer: TaskViewer;
  readonly wall: WallController;
}

export interface Updates {
  /** How the mirror does; whether it answers at all is known then. */
  loadHealth(): Promise<void>;
}

export function startUpdates(deps: UpdateDeps): Updates {
  const { api, state, t, timeZone, navigation, viewer, wall } = deps;
  const changed = new Set<string>();
  let mayHaveMore = false;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let lastAnnouncement = 0;

  const announce = (text: string) => {
    if (Date.now() - lastAnnouncement < ANNOUNCE_MS) return;
    lastAnnouncement = Date.now();
    state.announcement.value = text;
  };

  const updateTile = async (id: string) => {
    const found = navigation.getSource().find(id);
    if (!found) {
      mayHaveMore = true;
      return;
    }
    const params = new URLSearchParams({ id, fields: 'tile', limit: '1' });
    const { items } = await api.get<TilePage>('api/search', params);
    const [tile] = items;
    if (tile?.id !== id) return;
    const before = navigation.getSource().sections[found.section]?.getTile(found.index);
    navigation.getSource().replace(tile);
    if (before?.state === 'pending' && tile.state !== 'pending')
      announce(`${t.states[tile.state]}: ${cutText(tile.prompt, MAX_SPOKEN_LENGTH)}`);
    if (state.task.peek()?.id === id) viewer.refresh();
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
      for (const id of ids) await updateTile(id);
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

  listen(timeZone, {
    onTask: ({ id }) => {
      changed.add(id);
      schedule();
    },
    onChanged: () => {
      navigation.markOutdated();
      mayHaveMore = true;
      schedule();
    },
    onSync: () => void loadHealth(),
    onStatus: () => void loadHealth(),
    onConnection: (connection) => {
      if (connection === 'ok') state.connection.value = 'ok';
      else {
        if (state.connection.peek() === 'ok') state.connection.value = 'lost';
        // Why a stream has ended is not said: the answer to any other request tells.
        void loadHealth();
      }
    },
    isRefused: () => state.connection.peek() === 'expired',
  });
  return { loadHealth };
}
