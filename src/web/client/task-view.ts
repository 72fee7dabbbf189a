/** Opens a task over the wall: its details, its place, its neighbours, and tasks like it. */
import type { AppState, OpenTask } from '../components/app.ts';
import type { PlaceData, TaskDetails, TileData } from '../view/data.ts';
import { buildSearchParams, getSort, type View } from '../view/url.ts';
import { type Api, ApiFailure, isAborted } from './api.ts';
import { createPreview } from './task-pictures.ts';
import type { TileSource } from './wall/source.ts';

/** Tiles on each side of the open one. */
const STRIP_DISTANCE = 8;
const SIMILAR_COUNT = 12;

export interface TaskViewDeps {
  readonly api: Api;
  readonly state: AppState;
  readonly timeZone: string;
  readonly getSource: () => TileSource;
}

export interface TaskViewer {
  /** Shows a task; what is known of it is shown at once. */
  open(id: string, view: View): void;
  /** Shows it again, after it has changed. */
  refresh(): void;
  close(): void;
}

export function createTaskViewer({ api, state, timeZone, getSource }: TaskViewDeps): TaskViewer {
  let abort = new AbortController();
  let openView: View | undefined;

  /** Changes the open task, unless another one has been opened since. */
  const update = (id: string, change: Partial<OpenTask>) => {
    const task = state.task.peek();
    if (task?.id === id) state.task.value = { ...task, ...change };
  };

  const loadDetails = async (id: string, view: View, signal: AbortSignal) => {
    const params = new URLSearchParams(view.q.trim() === '' ? {} : { q: view.q });
    try {
      update(id, {
        details: await api.get<TaskDetails>(`api/tasks/${encodeURIComponent(id)}/details`, params, signal),
      });
    } catch (error) {
      if (isAborted(error)) return;
      update(id, { details: error instanceof ApiFailure && error.status === 404 ? 'missing' : 'failed' });
    }
  };

  const loadPlace = async (id: string, view: View, signal: AbortSignal) => {
    if (getSort(view) === 'relevance') {
      update(id, findPlaceInSource(getSource(), id) ?? NO_PLACE);
      return;
    }
    const params = buildSearchParams(view, timeZone);
    params.set('id', id);
    try {
      const place = await api.get<PlaceData>('api/wall/place', params, signal);
      update(id, { place, previous: place.previous ?? undefined, next: place.next ?? undefined });
    } catch (error) {
      // A task that the search does not find has no place in it.
      if (!isAborted(error)) update(id, NO_PLACE);
    }
  };

  const loadSimilar = async (id: string, signal: AbortSignal) => {
    const path = `api/tasks/${encodeURIComponent(id)}`;
    const load = async (route: string) => {
      const params = new URLSearchParams({ fields: 'tile', limit: String(SIMILAR_COUNT) });
      try {
        return (await api.get<{ items: TileData[] }>(`${path}/${route}`, params, signal)).items;
      } catch {
        return []; // a task without others like it is shown all the same
      }
    };
    const [same, similar] = await Promise.all([load('same'), load('similar')]);
    update(id, { same, similar: similar.filter((tile) => !same.some((other) => other.id === tile.id)) });
  };

  const findPreview = (id: string) => {
    const source = getSource();
    const at = source.find(id);
    const tile = at && source.sections[at.section]?.getTile(at.index);
    return tile && createPreview(tile);
  };

  const open = (id: string, view: View) => {
    abort.abort();
    abort = new AbortController();
    openView = view;
    const before = state.task.peek();
    const isSame = before?.id === id;
    state.task.value = {
      id,
      details: isSame ? before.details : 'loading',
      preview: findPreview(id),
      ...{ same: [], similar: [] },
      ...(isSame ? before : NO_PLACE),
      // Known at once, if its neighbours are loaded; the mirror knows the others.
      ...findPlaceInSource(getSource(), id),
      strip: getSource().listAround(id, STRIP_DISTANCE),
    };
    void loadDetails(id, view, abort.signal);
    void loadPlace(id, view, abort.signal);
    void loadSimilar(id, abort.signal);
  };

  return {
    open,
    refresh: () => {
      const task = state.task.peek();
      if (task && openView) open(task.id, openView);
    },
    close: () => {
      abort.abort();
      state.task.value = undefined;
    },
  };
}

type Place = Pick<OpenTask, 'place' | 'previous' | 'next'>;

const NO_PLACE: Place = { place: undefined, previous: undefined, next: undefined };

/** What the loaded tiles tell: the neighbours and, in the order of best match, the place. */
function findPlaceInSource(source: TileSource, id: string): Place | undefined {
  const found = source.find(id);
  if (!found) return undefined;
  const before = source.sections.slice(0, found.section).reduce((sum, { count }) => sum + count, 0);
  const section = source.sections[found.section];
  const [previous, next] = [-1, 1].map((step) => getTileAcross(source, found, step)?.id);
  return {
    place:
      section?.month === undefined
        ? { index: before + found.index, count: undefined, month: undefined }
        : { index: found.index, count: section.count, month: section.month },
    ...{ previous, next },
  };
}

function getTileAcross(
  { sections }: TileSource,
  { section, index }: { section: number; index: number },
  step: number,
): TileData | undefined {
  const own = sections[section];
  const target = index + step;
  if (own && target >= 0 && target < own.count) return own.getTile(target);
  const other = sections[section + step];
  return other?.getTile(step > 0 ? 0 : other.count - 1);
}
