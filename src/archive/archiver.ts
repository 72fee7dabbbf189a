/** Archives the images of succeeded tasks soon, because their links expire: a few at a time, with retries. */
import type { Clock } from '../lib/clock.ts';
import { getErrorCode } from '../lib/errno.ts';
import type { Log } from '../lib/log.ts';
import { createSingleFlight } from '../lib/single-flight.ts';
import { storeErrorCodeOf } from '../store/contract/errors.ts';
import type { WantedImage } from '../store/contract/images.ts';
import type { Store } from '../store/contract/store.ts';
import type { TaskKind } from '../task/artifacts.ts';
import { nextCheckDelay } from '../task/next-check.ts';
import { ImageFailure } from './failure.ts';
import { DOWNLOAD_TIMEOUT_MS, type FetchDeps, fetchImage } from './fetch-image.ts';

export interface ArchiverDeps extends FetchDeps {
  readonly store: Store;
  readonly clock: Clock;
  readonly log: Log;
  readonly random: () => number;
  readonly imageConcurrency: number;
  /** Total size of all archived files; undefined means no limit. */
  readonly maxArchiveBytes: number | undefined;
}

export interface Archiver {
  /** Fetches everything that is due; concurrent calls share the run in progress. */
  run(): Promise<ArchiveCounts>;
  /** Aborts fetches in progress, and starts nothing more. */
  stop(): Promise<void>;
}

export interface ArchiveCounts {
  archived: number;
  failed: number;
}

const GIVE_UP_AFTER_MS = 30 * 86_400_000;
/** Age alone is not enough to give up: the mirror may have been off for a month. */
const MIN_TRIES_BEFORE_GIVING_UP = 10;
const getLeaseMs = (kind: TaskKind) => 2 * DOWNLOAD_TIMEOUT_MS[kind];
/** How often archiving is retried while the disk or the archive is full. */
const RETRY_WHEN_FULL_MS = 10 * 60_000;

export function createArchiver(deps: ArchiverDeps): Archiver {
  const { store, clock, log } = deps;
  const stopping = new AbortController();
  let pausedUntilMs = 0;

  /** Pauses archiving for a while, and logs it once. */
  const pauseArchiving = (why: string) => {
    if (pausedUntilMs <= clock.now()) log.error({ why }, 'archiving images has stopped');
    pausedUntilMs = clock.now() + RETRY_WHEN_FULL_MS;
  };

  const archiveWanted = async (wanted: WantedImage, quota: ArchiveQuota): Promise<boolean> => {
    try {
      await archiveOne(deps, wanted, quota, stopping.signal);
      return true;
    } catch (error) {
      if (!(error instanceof ImageFailure))
        log.error({ err: error, id: wanted.taskId }, 'archiving an image failed');
      const message = error instanceof Error ? describeError(error) : String(error);
      if (isBusy(error)) throw error; // its lease expires, and it is fetched again
      if (error instanceof QuotaExceeded || !(error instanceof ImageFailure)) pauseArchiving(message);
      const failure = stopping.signal.aborted
        ? { dueAtMs: clock.now(), error: 'interrupted by a stop' }
        : { dueAtMs: scheduleRetry(wanted, clock.now(), deps.random), error: message };
      await store.failImage(wanted, failure);
      return false;
    }
  };

  const archiveDueImages = async (counts: ArchiveCounts, quota: ArchiveQuota): Promise<void> => {
    while (!stopping.signal.aborted && clock.now() >= pausedUntilMs) {
      const [wanted] = await store.claimImages({ nowMs: clock.now(), limit: 1, leaseMs: getLeaseMs });
      if (!wanted) return;
      if (await archiveWanted(wanted, quota)) counts.archived += 1;
      else counts.failed += 1;
    }
  };

  const run = async (): Promise<ArchiveCounts> => {
    const counts = { archived: 0, failed: 0 };
    if (clock.now() < pausedUntilMs) return counts;
    const quota = createQuota(deps);
    const workers = Array.from({ length: deps.imageConcurrency }, () => archiveDueImages(counts, quota));
    // Wait for all before throwing the first failure: no worker may outlive its run.
    const failed = (await Promise.allSettled(workers)).find((worker) => worker.status === 'rejected');
    if (failed) throw failed.reason;
    return counts;
  };

  const runs = createSingleFlight(() =>
    run().catch((error: unknown) => {
      if (!isBusy(error)) pauseArchiving('the database does not answer');
      throw error;
    }),
  );

  return {
    run: runs.run,
    stop: async () => {
      stopping.abort(new Error('the mirror is stopping'));
      await runs.current?.catch(() => undefined); // the caller of run() gets the error
    },
  };
}

class QuotaExceeded extends ImageFailure {}

/** How much the archive may still grow, in bytes. */
interface ArchiveQuota {
  getRemaining(): Promise<number>;
  consume(bytes: number): void;
}

/** Reads the current size once, on first use: almost every run finds nothing to do. */
function createQuota({ store, maxArchiveBytes }: ArchiverDeps): ArchiveQuota {
  let initial: Promise<number> | undefined;
  let consumed = 0;
  const readInitial = async () =>
    maxArchiveBytes === undefined
      ? Number.POSITIVE_INFINITY
      : maxArchiveBytes - (await store.imageStats()).bytes;
  return {
    getRemaining: async () => {
      initial ??= readInitial();
      return (await initial) - consumed;
    },
    consume: (bytes) => {
      consumed += bytes;
    },
  };
}

/** @throws ImageFailure, QuotaExceeded, or the system's error */
async function archiveOne(
  deps: ArchiverDeps,
  wanted: WantedImage,
  quota: ArchiveQuota,
  stop: AbortSignal,
): Promise<void> {
  const { store, files, clock } = deps;
  if (wanted.artifact === undefined) throw new ImageFailure('the task has no such image');
  const { received, image } = await fetchImage(deps, wanted.artifact, stop);
  try {
    const isNew = (await store.image(image.sha256)) === undefined;
    if (isNew && image.bytes > (await quota.getRemaining()))
      throw new QuotaExceeded('the archive has reached its maximum size');
    await files.store(received, image);
    if (!(await store.archiveImage(wanted, image, clock.now()))) {
      // The task was removed during the fetch; remove the file too, unless another task has the same image.
      if (isNew && (await store.image(image.sha256)) === undefined) await files.remove(image);
      return;
    }
    if (isNew) quota.consume(image.bytes);
  } finally {
    await files.discard(received);
  }
}

function scheduleRetry(
  { addedAtMs, attempts }: WantedImage,
  nowMs: number,
  random: () => number,
): number | undefined {
  const isHopeless = nowMs - addedAtMs >= GIVE_UP_AFTER_MS && attempts + 1 >= MIN_TRIES_BEFORE_GIVING_UP;
  return isHopeless ? undefined : nowMs + nextCheckDelay(attempts, random);
}

/** Whether another process keeps the database locked, which is over soon. */
function isBusy(error: unknown): boolean {
  return storeErrorCodeOf(error) === 'busy';
}

/** System errors are reported by their code only, because their messages contain paths. */
function describeError(error: Error): string {
  if (error instanceof ImageFailure) return error.message;
  const code = getErrorCode(error) ?? error.name;
  return code === 'ENOSPC' ? 'the disk is full' : `could not be written (${code})`;
}

const POLL_INTERVAL_MS = 1000;

/** Checks every second whether an image is due, until it is stopped. */
export function startArchiving(archiver: Archiver, log: Log): { stop(): Promise<void> } {
  const poll = () =>
    archiver.run().catch((error: unknown) => log.error({ err: error }, 'archiving images failed'));
  const timer = setInterval(poll, POLL_INTERVAL_MS);
  return {
    stop: () => {
      clearInterval(timer);
      return archiver.stop();
    },
  };
}
