/** Takes over the page of saved searches that the server has rendered, and does what its readers want. */
import { hydrate } from 'preact';
import { createSavedState } from '../components/saved/state.ts';
import { SavedPage } from '../pages/SavedPage.tsx';
import type { SavedPageData } from '../view/saved-data.ts';
import { createApi } from './api.ts';
import { readPageData } from './page-context.ts';
import { startPageUpdates } from './page-updates.ts';
import { createSavedActions } from './saved/actions.ts';
import { loadSavedTexts } from './saved/load-texts.ts';
import { refreshOnReturn } from './saved/refresh-on-return.ts';
import { startShell } from './shell.ts';

/** Each update counts what is new in every saved search. */
const UPDATE_PAUSE_MS = 5000;

async function startSavedPage(): Promise<void> {
  const data = readPageData<SavedPageData>();
  const [shell, texts] = await Promise.all([startShell(data), loadSavedTexts(data.language)]);
  const state = createSavedState(data.content);
  const api = createApi((connection) => {
    shell.state.connection.value = connection;
  });
  const { actions, refresh } = createSavedActions({ api, shell, texts, state });
  const page = document.getElementById('page');
  if (!page) return;
  hydrate(<SavedPage shell={shell} saved={{ texts, state, actions }} />, page);
  refreshOnReturn(refresh);
  startPageUpdates({
    ...{ page: data, shell: shell.state, api, refresh, pauseMs: UPDATE_PAUSE_MS },
    hasTask: () => true,
  });
  // The server does not let the page wait for all counts.
  if (state.items.peek()?.some((item) => item.new === null)) refresh();
  document.documentElement.dataset.ready = 'true';
}

void startSavedPage();
