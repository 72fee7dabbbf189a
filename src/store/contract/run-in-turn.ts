/** Holds a turn for as long as some work takes, so that no other process does the same at the same time. */
import type { Clock } from '../../lib/clock.ts';
import type { Log } from '../../lib/log.ts';
import type { TurnStore } from './turns.ts';

export interface TurnDeps {
  readonly store: TurnStore;
  readonly clock: Clock;
  readonly log: Log;
}

/** After this long, the work of a process that was killed is free. */
const TURN_MS = 15_000;
const RENEWAL_INTERVAL_MS = 5000;
const POLL_INTERVAL_MS = 1000;

/** For work that is started by hand: long enough for the turn of a process that was killed to end. */
export const OUTLAST_A_KILLED_PROCESS_MS = TURN_MS + POLL_INTERVAL_MS;

export interface TurnOptions {
  /** How long to wait for the turn; default: not at all. */
  readonly waitMs?: number;
  /** Ends the wait. */
  readonly signal?: AbortSignal;
}

/** @returns whether the work was done: not if another process is doing it @throws what the work throws, or the signal's reason */
export async function runInTurn(
  { store, clock, log }: TurnDeps,
  name: string,
  work: () => Promise<void>,
  { waitMs = 0, signal }: TurnOptions = {},
): Promise<boolean> {
  const take = async () => store.takeTurn(name, { nowMs: clock.now(), forMs: TURN_MS });
  const triedUntilMs = clock.monotonic() + waitMs;
  while (!(await take())) {
    if (clock.monotonic() >= triedUntilMs) return false;
    await clock.sleep(POLL_INTERVAL_MS, signal);
  }
  const timer = setInterval(() => {
    take().catch((error: unknown) => log.warn({ err: error, turn: name }, 'could not extend a turn'));
  }, RENEWAL_INTERVAL_MS).unref();
  try {
    await work();
    return true;
  } finally {
    clearInterval(timer);
    await endTurn(store, name, log);
  }
}

/** What the work has done, or why it failed, matters more. */
async function endTurn(store: TurnStore, name: string, log: Log): Promise<void> {
  try {
    await store.endTurn(name);
  } catch (error) {
    log.warn({ err: error, turn: name }, 'could not end a turn; it is free in some seconds');
  }
}
