/** Takes over the status page that the server has rendered, keeps it up to date, and does what its readers want. */
import { hydrate } from 'preact';
import { createStatusState } from '../components/status/state.ts';
import { StatusPage } from '../pages/StatusPage.tsx';
import type { StatusData } from '../view/status-data.ts';
import { createApi } from './api.ts';
import { readPageData } from './page-context.ts';
import { startShell } from './shell.ts';
import { createStatusActions } from './status-actions.ts';
import { startStatusUpdates } from './status-updates.ts';

async function startStatusPage(): Promise<void> {
  const data = readPageData<StatusData>();
  const shell = await startShell(data);
  const state = createStatusState(data);
  const api = createApi((connection) => {
    shell.state.connection.value = connection;
  });
  const updates = startStatusUpdates({ api, shell: shell.state, status: state });
  const actions = createStatusActions({ api, status: state, reload: updates.reload });
  const page = document.getElementById('page');
  if (!page) return;
  hydrate(<StatusPage shell={shell} status={{ state, actions }} />, page);
  document.documentElement.dataset.ready = 'true';
}

void startStatusPage();
