/** Records when tokens were last used: in memory with each request, and in the store about once a minute. */
import type { Clock } from '../../lib/clock.ts';
import type { Log } from '../../lib/log.ts';
import type { Store } from '../../store/contract/store.ts';

export interface TokenUse {
  /** Never writes by itself: requests that only read must neither wait for the disk nor fail because of it. */
  record(name: string): void;
  /** Stores what was recorded. A failure is only logged. */
  flush(): Promise<void>;
}

/** How often a token that is in use is written. */
const WRITE_INTERVAL_MS = 60_000;
/** Collects the uses of other tokens into the same write. */
const WRITE_DELAY_MS = 1000;

export function createTokenUse({
  store,
  clock,
  log,
}: {
  store: Pick<Store, 'recordTokenUse'>;
  clock: Clock;
  log: Log;
}): TokenUse {
  const unsaved = new Map<string, number>();
  const writtenAtMs = new Map<string, number>();
  let timer: NodeJS.Timeout | undefined;

  const flush = async () => {
    clearTimeout(timer);
    timer = undefined;
    if (unsaved.size === 0) return;
    const uses = new Map(unsaved);
    unsaved.clear();
    for (const name of uses.keys()) writtenAtMs.set(name, clock.monotonic());
    try {
      await store.recordTokenUse(uses);
    } catch (error) {
      log.debug({ err: error }, 'the last use of tokens could not be stored');
    }
  };

  return {
    record: (name) => {
      unsaved.set(name, clock.now());
      const sinceMs = clock.monotonic() - (writtenAtMs.get(name) ?? Number.NEGATIVE_INFINITY);
      if (timer === undefined && sinceMs >= WRITE_INTERVAL_MS)
        timer = setTimeout(() => void flush(), WRITE_DELAY_MS).unref();
    },
    flush,
  };
}
