/**
 * Lets a process go by the clock of the store that it shares with others: leases compare times of several machines, one of which may be
 * minutes wrong.
 */
import { type AdjustableClock, createAdjustableClock } from '../lib/adjustable-clock.ts';
import type { Clock } from '../lib/clock.ts';
import type { Log } from '../lib/log.ts';
import { storeErrorCodeOf } from '../store/contract/errors.ts';
import type { ServerStore } from '../store/contract/servers.ts';

type ClockStore = Pick<ServerStore, 'readClock'>;

const INTERVAL_MS = 60_000;
/** What a slower answer says is not exact enough. */
const MAX_ROUND_TRIP_MS = 1000;
/** A difference that its operator should know of. */
const NOTABLE_MS = 5000;

export interface StoreClock extends AdjustableClock {
  /** Asks the store, which is without effect if it has no clock of its own, or is away. */
  synchronize(store: ClockStore): Promise<void>;
}

/** @param machine the clock of this machine */
export function createStoreClock(machine: Clock, log?: Log): StoreClock {
  const clock = createAdjustableClock(machine);
  let isNoted = false;

  const measure = async (store: ClockStore): Promise<number | undefined> => {
    const askedMs = machine.monotonic();
    const before = machine.now();
    const storeMs = await store.readClock();
    const roundTripMs = machine.monotonic() - askedMs;
    if (storeMs === undefined || roundTripMs > MAX_ROUND_TRIP_MS) return undefined;
    return Math.round(storeMs - (before + roundTripMs / 2));
  };

  return {
    ...clock,
    synchronize: async (store) => {
      try {
        const differenceMs = await measure(store);
        if (differenceMs === undefined) return;
        clock.adjust(differenceMs);
        const isNotable = Math.abs(differenceMs) >= NOTABLE_MS;
        if (isNotable && !isNoted)
          log?.warn(
            { difference_ms: differenceMs },
            "this machine's clock is wrong, by that of the database",
          );
        isNoted = isNotable;
      } catch (error) {
        if (storeErrorCodeOf(error) === undefined) throw error;
      }
    },
  };
}

/** Asks every minute. */
export function startSynchronizing(clock: StoreClock, store: ClockStore, log: Log): { stop(): void } {
  const timer = setInterval(() => {
    clock
      .synchronize(store)
      .catch((error: unknown) => log.error({ err: error }, "the database's clock could not be read"));
  }, INTERVAL_MS).unref();
  return { stop: () => clearInterval(timer) };
}
