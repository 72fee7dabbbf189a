/** One log line now and then while archiving takes long, so that an operator sees that it advances. */
import type { Clock } from '../lib/clock.ts';
import type { Log } from '../lib/log.ts';
import type { Store } from '../store/contract/store.ts';
import type { ArchiveCounts } from './archiver.ts';

/** Runs that are shorter than this log nothing: there may be one every second. */
const LOG_INTERVAL_MS = 30_000;

export interface ProgressLog {
  /** Called after each image. */
  update(counts: ArchiveCounts): void;
  /** Called when the run is over. @returns when everything is logged, in this order */
  end(counts: ArchiveCounts): Promise<void>;
}

/** Starts with a run. */
export function createProgressLog({
  store,
  clock,
  log,
}: {
  store: Pick<Store, 'imageStats'>;
  clock: Clock;
  log: Log;
}): ProgressLog {
  let lastMs = clock.monotonic();
  let logged: Promise<void> | undefined;

  const logProgress = async (counts: ArchiveCounts): Promise<void> => {
    try {
      log.info({ ...counts, left: (await store.imageStats()).wanted }, 'archiving images');
    } catch {
      // The run itself reports errors of the database.
    }
  };

  return {
    update: (counts) => {
      if (clock.monotonic() - lastMs < LOG_INTERVAL_MS) return;
      lastMs = clock.monotonic();
      const soFar = { ...counts };
      logged = (logged ?? Promise.resolve()).then(() => logProgress(soFar));
    },
    end: async (counts) => {
      if (!logged) return;
      await logged;
      log.info(counts, 'the images that were due have been tried');
    },
  };
}
