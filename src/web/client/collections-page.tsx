/** Takes over the page of collections that the server has rendered, and does what its readers want. */
import { hydrate } from 'preact';
import { createCollectionsState } from '../components/collections/state.ts';
import { CollectionsPage } from '../pages/CollectionsPage.tsx';
import type { CollectionsPageData } from '../view/collections-data.ts';
import { createApi } from './api.ts';
import { handleArrangeDrag } from './collections/arrange-drag.ts';
import { handleArrangeKeys } from './collections/arrange-keys.ts';
import { loadCollectionTexts } from './collections/load-texts.ts';
import { createPageActions } from './collections/page-actions.ts';
import { startCollectionUpdates } from './collections/updates.ts';
import { readPageData } from './page-context.ts';
import { startShell } from './shell.ts';

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
  startCollectionUpdates({ shell: shell.state, state, timeZone: data.timeZone, api, refresh });
  document.documentElement.dataset.ready = 'true';
}

void startCollectionsPage();
