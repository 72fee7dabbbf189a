/** Takes over the wall’s page that the server has rendered, and does what its readers want. */
import { hydrate } from 'preact';
import type { Actions } from '../components/actions.ts';
import type { App } from '../components/app.ts';
import { createWallState } from '../components/wall-state.ts';
import { WallPage } from '../pages/WallPage.tsx';
import { createFormats } from '../view/format.ts';
import type { WallData } from '../view/page-data.ts';
import { buildSearchParams, getSort, VALUE_FILTERS } from '../view/url.ts';
import { createApi } from './api.ts';
import { createBulk } from './bulk.ts';
import { copyToClipboard } from './clipboard.ts';
import { createCounts } from './counts.ts';
import { keepFocus } from './focus-keeper.ts';
import { handleKeys } from './keyboard.ts';
import { loadDictionary } from './load-dictionary.ts';
import { createMarks } from './marks.ts';
import { createNavigation } from './navigation.ts';
import { createClockSignal, readPageData, reportTimeZone, runAfterPaint } from './page-context.ts';
import { closePopoversOutside } from './popovers.ts';
import { handleRail } from './rail.ts';
import { startRecovery } from './recovery.ts';
import { createSearchExit } from './search-exit.ts';
import { createSelection } from './selection.ts';
import { createShellActions } from './shell.ts';
import { createStage } from './stage.ts';
import { suggest } from './suggestions.ts';
import { createTaskViewer } from './task-view.ts';
import { handleTouchSelection } from './touch-selection.ts';
import { startUpdates } from './updates.ts';
import { createFlatSource } from './wall/flat-source.ts';
import { createMonthSource } from './wall/month-source.ts';
import { createWallController, type WallController } from './wall/wall.ts';

async function startWallPage(): Promise<void> {
  const data = readPageData<WallData>();
  const t = await loadDictionary(data.language);
  // The months of the page are in the zone that the server knew; the next page is in the reader's.
  reportTimeZone(data.preferences.timeZone);
  const { timeZone } = data;
  const f = createFormats(data.language, timeZone);
  const state = { ...createWallState(data), nowMs: createClockSignal(data.nowMs) };
  const api = createApi((connection) => {
    state.connection.value = connection;
  });

  let wall: WallController | undefined;
  const onChange = (what: 'layout' | 'tiles') => (what === 'layout' ? wall?.relayout() : wall?.refresh());
  const params = buildSearchParams(data.view, timeZone);
  const months =
    getSort(data.view) === 'relevance' ? undefined : createMonthSource({ api, params, ...data, onChange });
  const source = months ?? createFlatSource({ api, params, ...data, onChange });

  const { loadFacets, loadDateMonths, countMatches } = createCounts(api, state, timeZone);
  const navigation = createNavigation({
    ...{ api, state, timeZone, data, onChange },
    first: { source, months },
    getWall: () => wall,
    openTask: (id, view) => viewer.open(id, view),
    closeTask: () => viewer.close(),
  });
  const viewer = createTaskViewer({ api, state, timeZone, getSource: navigation.getSource });
  const selection = createSelection(state, navigation.getSource);
  const bulk = createBulk({
    ...{ api, state, t, f, timeZone, selection },
    onForgotten: () => void navigation.refresh(),
  });

  const marks = createMarks({
    ...{ api, state, t, f, timeZone, selection, navigation, language: data.language },
    getWall: () => wall,
  });

  const searchExit = createSearchExit({ state, navigate: navigation.navigate, getWall: () => wall });
  const shell = createShellActions(state);
  const actions: Actions = {
    ...shell,
    navigate: navigation.navigate,
    openTask: navigation.openTask,
    closeTask: navigation.closeTask,
    moveTask: navigation.moveTask,
    select: selection.toggle,
    selectAll: () =>
      void countMatches().then((found) => {
        if (found !== undefined) selection.selectAll(found);
      }),
    clearSelection: selection.clear,
    ...marks,
    download: bulk.download,
    forget: bulk.forget,
    leaveSearch: searchExit.leave,
    jumpToMonth: (month) => {
      const section = wall?.sections.findIndex((each) => each.month === month) ?? -1;
      if (section >= 0) wall?.jumpToSection(section);
    },
    jumpTo: (progress) => wall?.jumpTo(progress),
    scrollToTop: () => {
      state.newTasks.value = 0;
      wall?.jumpTo(0);
    },
    togglePopover: (name) => {
      shell.togglePopover(name);
      if (name === 'dates') void loadDateMonths();
      if (VALUE_FILTERS.some((filter) => filter === name)) void loadFacets();
    },
    setPreference: (name, value) => {
      shell.setPreference(name, value);
      if (name === 'density' || name === 'captions') wall?.relayout();
    },
    copy: (text) => void copyToClipboard(text).then(() => showCopied()),
    copyDocument: (id) =>
      void api
        .getText(`api/tasks/${encodeURIComponent(id)}`)
        .then(copyToClipboard)
        .then(() => showCopied())
        .catch(() => {
          state.toast.value = { text: t.failedToLoad };
        }),
    suggest: (text, signal) => suggest(api, text, timeZone, signal).catch(() => []),
    retry: () => {
      navigation.retry();
      if (state.task.peek()?.details === 'failed') viewer.refresh();
    },
  };
  const showCopied = () => {
    state.toast.value = { text: t.copied };
  };

  const app: App = {
    ...{ t, f, timeZone, state, actions },
    language: data.language,
    version: data.version,
    rights: data.rights,
  };
  const page = document.getElementById('page');
  if (!page) return;
  hydrate(<WallPage app={app} />, page);

  const start = () => {
    const controller = createWallController(state, navigation.getSource());
    wall = controller;
    controller.show(navigation.getSource());
    const stage = createStage(state, actions);
    const { mayChange } = data.rights;
    handleKeys({ state, mayChange, actions, searchExit, wall: controller, stage });
    closePopoversOutside(state, actions);
    keepFocus();
    handleRail(actions);
    handleTouchSelection(selection);
    navigation.start();
    const { loadHealth } = startUpdates({
      ...{ api, state, t, navigation, viewer },
      ...{ page: data, wall: controller },
    });
    startRecovery(state, () => {
      actions.retry();
      void loadHealth();
    });
    document.documentElement.dataset.ready = 'true';
  };
  // Without the layout of the first month, the places of its tiles are not known.
  const [first] = data.months;
  if (months && first && data.layouts.length === 0) void months.loadMonth(first.month).then(start);
  else start();
}

runAfterPaint(() => void startWallPage());
