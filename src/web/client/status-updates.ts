/** Keeps the status page up to date: by the mirror's events, and by asking now and then while there are none. */
import { batch } from '@preact/signals';
import type { ShellState } from '../components/shell.ts';
import type { StatusState } from '../components/status/state.ts';
import type { StatusData } from '../view/status-data.ts';
import type { Api } from './api.ts';
import { listen, type SyncEvent } from './live.ts';

/** Events come in bursts. */
const PAUSE_MS = 1500;
/** Also with events, of which the page may miss some. */
const POLL_INTERVAL_MS = 30_000;

interface UpdateDeps {
  readonly api: Api;
  readonly shell: ShellState;
  readonly status: StatusState;
}

export function startStatusUpdates({ api, shell, status }: UpdateDeps): { reload(): void } {
  let timer: ReturnType<typeof setTimeout> | undefined;
  let isLoading = false;

  const load = async () => {
    timer = undefined;
    if (isLoading) return schedule();
    isLoading = true;
    try {
      const data = await api.get<StatusData>('status');
      batch(() => {
        status.data.value = data;
        shell.health.value = data.health;
      });
    } catch {
      // The line below the bar says it; the next event or poll tries again.
    }
    isLoading = false;
  };
  const schedule = () => {
    timer ??= setTimeout(() => void load(), PAUSE_MS);
  };

  /** Of the run that the reader has started; the schedule's own ones would only be noise. */
  const onSync = ({ state, done, due }: SyncEvent) => {
    if (state !== 'ended' && status.sync.peek().kind === 'running')
      status.sync.value = { kind: 'running', done, due };
    schedule();
  };

  listen(status.data.peek(), {
    onTask: schedule,
    onChanged: schedule,
    onStatus: schedule,
    onSync,
    // Whether the mirror answers is known from the requests.
    onConnection: schedule,
    isRefused: () => shell.connection.peek() === 'expired',
  });
  setInterval(() => {
    if (!document.hidden) schedule();
  }, POLL_INTERVAL_MS);

  return {
    reload: () => {
      clearTimeout(timer);
      timer = undefined;
      void load();
    },
  };
}
