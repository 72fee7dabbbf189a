/** Watches whether the storage of images works: at the start, now and then, and often while it does not. Logs what changes, once. */
import type { Clock } from '../lib/clock.ts';
import type { Log } from '../lib/log.ts';
import { createSingleFlight } from '../lib/single-flight.ts';
import type { ImageStorage } from './image-storage.ts';

/** Each check of an object store is a request that may cost something. */
const CHECK_INTERVAL_MS = 60_000;
const POLL_INTERVAL_MS = 5000;

export interface StorageWatch {
  /** Looks at the storage, and tries it if that is due. */
  poll(): Promise<void>;
  stop(): Promise<void>;
}

export function startStorageWatch(
  storage: Pick<ImageStorage, 'checkAccess' | 'readProblem'>,
  { clock, log }: { readonly clock: Clock; readonly log: Log },
): StorageWatch {
  let known: string | undefined;
  let checkedMs = Number.NEGATIVE_INFINITY;

  const polls = createSingleFlight(async () => {
    const isDue = clock.monotonic() - checkedMs >= CHECK_INTERVAL_MS;
    if (isDue || storage.readProblem() !== undefined) {
      checkedMs = clock.monotonic();
      await storage.checkAccess().catch(() => undefined); // it remembers what is wrong
    }
    const problem = storage.readProblem()?.message;
    if (problem !== undefined && problem !== known) log.error(`images: ${problem}`);
    if (problem === undefined && known !== undefined) log.info('images can be stored and served again');
    known = problem;
  });
  const timer = setInterval(() => void polls.run(), POLL_INTERVAL_MS);
  void polls.run();
  return {
    poll: polls.run,
    stop: async () => {
      clearInterval(timer);
      await polls.current;
    },
  };
}
