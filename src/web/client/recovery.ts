/** Tries again what could not be loaded, less and less often, until the mirror answers. */
import type { ShellState } from '../components/shell.ts';

const FIRST_DELAY_MS = 3000;
const MAX_DELAY_MS = 60_000;

/** @param retry loads what is missing; the state says how that ended */
export function startRecovery({ connection }: Pick<ShellState, 'connection'>, retry: () => void): void {
  let delay = FIRST_DELAY_MS;
  let timer: ReturnType<typeof setTimeout> | undefined;

  const schedule = () => {
    timer ??= setTimeout(() => {
      timer = undefined;
      delay = Math.min(delay * 2, MAX_DELAY_MS);
      if (!document.hidden) retry();
      watch();
    }, delay);
  };
  const watch = () => {
    const now = connection.peek();
    if (now === 'lost' || now === 'failing') return schedule();
    clearTimeout(timer);
    timer = undefined;
    if (now === 'ok') delay = FIRST_DELAY_MS;
  };
  connection.subscribe(watch);
}
