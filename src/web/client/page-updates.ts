/** Keeps what a page says of tasks up to date: news arrive over a stream, which is opened again when it breaks. */
import type { ShellState } from '../components/shell.ts';
import type { Health } from '../view/data.ts';
import type { PageData } from '../view/page-data.ts';
import type { Api } from './api.ts';
import { listen } from './live.ts';

interface Deps {
  readonly api: Api;
  readonly shell: ShellState;
  readonly page: PageData;
  /** Events come in bursts: milliseconds from the first of them to the refresh. */
  readonly pauseMs: number;
  /** Whether the page says something of a task. */
  readonly hasTask: (id: string) => boolean;
  readonly refresh: () => void;
}

/** @returns reads how the mirror does */
export function startPageUpdates({ api, shell, page, pauseMs, hasTask, refresh }: Deps): () => Promise<void> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const schedule = () => {
    if (timer !== undefined) return;
    timer = setTimeout(() => {
      timer = undefined;
      refresh();
    }, pauseMs);
  };
  const loadHealth = async () => {
    try {
      shell.health.value = await api.get<Health>('api/health');
    } catch {
      // The trouble line says it.
    }
  };
  listen(page, {
    onTask: ({ id }) => {
      if (hasTask(id)) schedule();
    },
    onChanged: schedule,
    onSync: () => void loadHealth(),
    onStatus: () => void loadHealth(),
    onConnection: (connection) => {
      if (connection === 'ok') shell.connection.value = 'ok';
      // Why a stream has ended is not said, and another server may go on: the answer to any other request tells.
      else void loadHealth();
    },
    isRefused: () => shell.connection.peek() === 'expired',
  });
  return loadHealth;
}
