/** What the page shows, and its history: searches, filters, the open task. */
import { batch } from '@preact/signals';
import type { AppState, OpenTask } from '../components/app.ts';
import { getTileKey } from '../components/tile-key.ts';
import { NO_SELECTION } from '../components/wall-state.ts';
import type { WallData } from '../view/page-data.ts';
import { isSameSearch, linkTo, parseView, type View } from '../view/url.ts';
import { type Api, ApiFailure, isAborted } from './api.ts';
import { loadSearch } from './search-loader.ts';
import { createTaskTransition } from './task-transition.ts';
import type { Anchor } from './wall/anchor.ts';
import type { MonthSource } from './wall/month-source.ts';
import type { TileSource } from './wall/source.ts';
import type { WallController } from './wall/wall.ts';

/** Old results are dimmed when new ones take longer. */
const STALE_AFTER_MS = 150;

interface NavigationDeps {
  readonly api: Api;
  readonly state: AppState;
  readonly timeZone: string;
  readonly data: WallData;
  readonly first: { readonly source: TileSource; readonly months: MonthSource | undefined };
  readonly getWall: () => WallController | undefined;
  readonly onChange: (what: 'layout' | 'tiles') => void;
  readonly openTask: (id: string, view: View) => void;
  readonly closeTask: () => void;
}

/** What the history keeps of a page. */
interface HistoryState {
  readonly anchor?: Anchor | undefined;
  /** Whether the page before it is one of ours, with the same search. */
  readonly isOpened?: boolean;
  /** Whether its search is not finished yet. */
  readonly isTyping?: boolean;
}

export interface Navigation {
  navigate(view: View, how: 'push' | 'type'): void;
  openTask(id: string): void;
  closeTask(): void;
  moveTask(to: 'previous' | 'next' | 'first' | 'last'): void;
  /**
   * Loads the same search again; what is seen stays.
   * @param moved tasks that have left, or have come back to where they were
   * @returns how many tasks are new
   */
  refresh(moved?: ReadonlySet<string>): Promise<number>;
  /** What is seen may have changed. */
  markOutdated(): void;
  /** Loads what could not be loaded. */
  retry(): void;
  getSource(): TileSource;
  start(): void;
}

export function createNavigation(deps: NavigationDeps): Navigation {
  const { api, state, timeZone, getWall, onChange } = deps;
  let { source, months } = deps.first;
  let loading = new AbortController();
  let hasFailed = deps.data.problem !== null;
  const transition = createTaskTransition();

  const storeAnchor = () => {
    const anchor = getWall()?.getAnchor();
    history.replaceState({ ...(history.state as HistoryState | null), anchor } satisfies HistoryState, '');
  };

  const setAddress = (view: View, how: 'push' | 'replace', added: HistoryState = {}) => {
    if (how === 'push') {
      storeAnchor();
      history.pushState(added, '', linkTo(view));
    } else history.replaceState({ ...(history.state as HistoryState | null), ...added }, '', linkTo(view));
  };

  /** Loads and shows a search. @param anchor what was seen of it before */
  const load = async (
    view: View,
    { isPartial = false, anchor }: { isPartial?: boolean; anchor?: Anchor | undefined },
  ) => {
    loading.abort();
    loading = new AbortController();
    const { signal } = loading;
    const timer = setTimeout(() => {
      state.isStale.value = true;
    }, STALE_AFTER_MS);
    try {
      const loaded = await loadSearch(view, { api, timeZone, isPartial, signal, onChange });
      if (signal.aborted) return;
      batch(() => {
        ({ source, months } = loaded);
        hasFailed = false;
        state.shownView.value = view;
        state.problem.value = undefined;
        state.info.value = loaded.page;
        state.total.value = loaded.total;
        state.newTasks.value = 0;
        state.selection.value = NO_SELECTION;
        getWall()?.show(source);
      });
      if (anchor) getWall()?.restore(anchor);
      else window.scrollTo({ top: 0, behavior: 'instant' });
    } catch (error) {
      if (isAborted(error)) return;
      if (!(error instanceof Error)) throw error;
      hasFailed = true;
      // That there is no connection is said already.
      if (error instanceof ApiFailure) state.problem.value = error.message;
    } finally {
      clearTimeout(timer);
      if (!signal.aborted) state.isStale.value = false;
    }
  };

  const navigate = (view: View, how: 'push' | 'type') => {
    const before = state.view.peek();
    if (how === 'push' && view.task === '' && before.task !== '' && isSameSearch(view, before)) {
      closeTask();
      return;
    }
    // The first letter leaves what was shown before in the history; those that follow replace each other.
    const isTyping = (history.state as HistoryState | null)?.isTyping === true;
    const isNew = !isSameSearch(view, before) && (how === 'push' || (how === 'type' && !isTyping));
    setAddress(view, isNew ? 'push' : 'replace', { isTyping: how === 'type' });
    batch(() => {
      state.view.value = view;
      if (how !== 'type')
        state.openPopover.value = keepsOpen(view, before) ? state.openPopover.peek() : undefined;
      state.facets.value = view.q === before.q ? state.facets.peek() : undefined;
    });
    if (view.task === '' && before.task !== '') deps.closeTask();
    if (!isSameSearch(view, before) || how === 'push') void load(view, { isPartial: how === 'type' });
  };

  const openTask = (id: string) => {
    const view = { ...state.view.peek(), task: id };
    const isOpen = state.task.peek() !== undefined;
    setAddress(view, isOpen ? 'replace' : 'push', isOpen ? {} : { isOpened: true });
    state.view.value = view;
    if (isOpen) deps.openTask(id, view);
    else transition.open(id, () => deps.openTask(id, view));
  };

  const closeTask = () => {
    const task = state.task.peek();
    if ((history.state as HistoryState | null)?.isOpened) {
      history.back();
      return;
    }
    const view = { ...state.view.peek(), task: '' };
    setAddress(view, 'replace');
    state.view.value = view;
    if (task) leaveTask(task);
  };

  /** Shows the wall at the tile of a task that was open. */
  const leaveTask = (task: OpenTask) =>
    transition.close(task.id, () => {
      deps.closeTask();
      focusTask(task);
    });

  /** The tile of a task that was open gets the focus, as if it had never been left. */
  const focusTask = ({ id, place }: OpenTask) => {
    const at = source.find(id) ?? (place && locatePlace(place));
    if (at) getWall()?.reveal(at, { align: 'visible' });
  };

  /** The tile of a task that is not loaded, of which the mirror has told the place. */
  const locatePlace = ({ month, index, count }: NonNullable<OpenTask['place']>) =>
    month === undefined || count === undefined
      ? undefined
      : getWall()?.locate(getTileKey({ key: month, month, count }, index));

  const moveTask = (to: 'previous' | 'next' | 'first' | 'last') => {
    const task = state.task.peek();
    if (!task) return;
    if (to === 'previous' || to === 'next') {
      const id = task[to];
      if (id !== undefined) openTask(id);
      return;
    }
    const section = to === 'first' ? source.sections[0] : source.sections.at(-1);
    const tile = section?.getTile(to === 'first' ? 0 : section.count - 1);
    if (tile) openTask(tile.id);
  };

  const onPopState = (event: PopStateEvent) => {
    const view = parseView(new URLSearchParams(location.search));
    const before = state.view.peek();
    const task = state.task.peek();
    state.view.value = view;
    if (!isSameSearch(view, before))
      void load(view, { anchor: (event.state as HistoryState | null)?.anchor });
    const isWallSame = isSameSearch(view, before);
    const open = () => deps.openTask(view.task, view);
    if (view.task !== '') {
      if (task || !isWallSame || event.hasUAVisualTransition) open();
      else transition.open(view.task, open);
    } else if (task && isWallSame && !event.hasUAVisualTransition) leaveTask(task);
    else {
      deps.closeTask();
      if (task && isWallSame) focusTask(task);
    }
  };

  return {
    ...{ navigate, openTask, closeTask, moveTask },
    markOutdated: () => source.markOutdated(),
    retry: () => {
      if (hasFailed) void load(state.view.peek(), { anchor: getWall()?.getAnchor() });
      else getWall()?.refresh();
    },
    getSource: () => source,
    refresh: async (moved) => {
      if (!months) {
        await load(state.view.peek(), { anchor: getWall()?.getAnchor() });
        return 0;
      }
      const added = await months.refresh(moved);
      const count = months.sections.reduce((sum, section) => sum + section.count, 0);
      state.total.value = { count, isExact: true };
      return added;
    },
    start: () => {
      // The place is restored from what the history keeps: the browser knows nothing of the moving box.
      history.scrollRestoration = 'manual';
      const anchor = (history.state as HistoryState | null)?.anchor;
      if (anchor) getWall()?.restore(anchor);
      window.addEventListener('popstate', onPopState);
      window.addEventListener('pagehide', storeAnchor);
      const { task } = deps.data.view;
      if (task !== '') deps.openTask(task, deps.data.view);
    },
  };
}

/** A list of values stays open while values are chosen in it, and so does the range of dates. */
function keepsOpen(view: View, before: View): boolean {
  return view.q === before.q && view.sort === before.sort;
}
