/** Takes over the page of collections that the server has rendered, and does what its readers want. */
import { hydrate } from 'preact';
import { createCollectionsState, getOpen } from '../components/collections/state.ts';
import { CollectionsPage } from '../pages/CollectionsPage.tsx';
import type { CollectionsPageData } from '../view/collections-data.ts';
import { createApi } from './api.ts';
import { handleArrangeDrag } from './collections/arrange-drag.ts';
import { handleArrangeKeys } from './collections/arrange-keys.ts';
import { loadCollectionTexts } from './collections/load-texts.ts';
import { createPageActions } from './collections/page-actions.ts';
import { readPageData } from './page-context.ts';
import { startPageUpdates } from './page-updates.ts';
import { startRecovery } from './recovery.ts';
import { startShell } from './shell.ts';

/** What is generated appears at once. */
const UPDATE_PAUSE_MS = 1000;

async function startCollectionsPage(): Promise<void> {
  const data = readPageData<CollectionsPageData>();
  const [shell, texts] = await Promise.all([startShell(data), loadCollectionTexts(data.language)]);
  const state = createCollectionsState(data.content);
  const api = createApi((connection) => {
    shell.state.connection.value = connection;
  });
  const { actions, refresh } = createPageActions({ api, shell, texts, state });
  const page = document.getElementById('page');
  if (!page) return;
  hydrate(<CollectionsPage shell={shell} collections={{ texts, state, actions }} />, page);
  const { mayChange } = data.rights;
  handleArrangeKeys({ state, actions, mayChange });
  if (mayChange) handleArrangeDrag({ state, actions });
  const loadHealth = startPageUpdates({
    ...{ page: data, shell: shell.state, api, refresh, pauseMs: UPDATE_PAUSE_MS },
    hasTask: (id) => getOpen(state)?.tasks.some((entry) => entry.id === id) ?? false,
  });
  startRecovery(shell.state, () => {
    refresh();
    void loadHealth();
  });
  document.documentElement.dataset.ready = 'true';
}

void startCollectionsPage();
