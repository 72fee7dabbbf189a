/** Keeps the pictures of a collection up to date: those that are generated appear, those that are forgotten leave a gap. */
import type { CollectionsState } from '../../components/collections/state.ts';
import { getOpen } from '../../components/collections/state.ts';
import type { ShellState } from '../../components/shell.ts';
import type { Health } from '../../view/data.ts';
import type { Api } from '../api.ts';
import { listen } from '../live.ts';
import { startRecovery } from '../recovery.ts';

/** Events come in bursts. */
const PAUSE_MS = 1000;

interface Deps {
  readonly api: Api;
  readonly shell: ShellState;
  readonly state: CollectionsState;
  readonly timeZone: string;
  readonly refresh: () => void;
}

export function startCollectionUpdates({ api, shell, state, timeZone, refresh }: Deps): void {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const schedule = () => {
    if (timer !== undefined) return;
    timer = setTimeout(() => {
      timer = undefined;
      refresh();
    }, PAUSE_MS);
  };
  const loadHealth = async () => {
    try {
      shell.health.value = await api.get<Health>('api/health');
    } catch {
      // The trouble line says it.
    }
  };
  listen(timeZone, {
    onTask: ({ id }) => {
      if (getOpen(state)?.tasks.some((entry) => entry.id === id)) schedule();
    },
    onChanged: schedule,
    onSync: () => void loadHealth(),
    onStatus: () => void loadHealth(),
    onConnection: (connection) => {
      if (connection === 'ok') shell.connection.value = 'ok';
      else {
        if (shell.connection.peek() === 'ok') shell.connection.value = 'lost';
        // Why a stream has ended is not said: the answer to any other request tells.
        void loadHealth();
      }
    },
    isRefused: () => shell.connection.peek() === 'expired',
  });
  startRecovery(shell, () => {
    refresh();
    void loadHealth();
  });
}
