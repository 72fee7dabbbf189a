/** Archives the images of succeeded tasks soon, because their links expire: a few at a time, with retries. */
import { describeReason, getErrorCode } from '../lib/errno.ts';
import { createSingleFlight } from '../lib/single-flight.ts';
import { ObjectStoreError } from '../object-store/errors.ts';
import { storeErrorCodeOf } from '../store/contract/errors.ts';
import type { WantedImage } from '../store/contract/images.ts';
import { nextCheckDelay } from '../task/next-check.ts';
import {
  type ArchiveDeps,
  type ArchiveQuota,
  archiveOne,
  createQuota,
  QuotaExceeded,
} from './archive-one.ts';
import { type ClaimedImage, type ClaimedImages, createClaimedImages } from './claimed-images.ts';
import { HostFailure, ImageFailure } from './failure.ts';
import { createImageHosts } from './image-hosts.ts';
import { createJobs, createWakeUp } from './jobs.ts';
import { createProgressLog } from './progress-log.ts';

export interface ArchiverDeps extends ArchiveDeps {
  readonly random: () => number;
  readonly imageConcurrency: number;
  /** How many waiting images are fetched before any of them gets its thumbnails. */
  readonly minBacklog?: number | undefined;
}

export interface Archiver {
  /**
   * Tries everything that is due, each image once, and leaves those of hosts that are down for later. Concurrent calls share the run in
   * progress, which then also tries what became due since.
   * @param onProgress called after each image
   */
  run(onProgress?: OnProgress): Promise<ArchiveCounts>;
  readonly isRunning: boolean;
  /** How many images it has archived without thumbnails, which are to be made later. */
  readonly withoutThumbnails: number;
  /** Aborts fetches in progress, and starts nothing more. */
  stop(): Promise<void>;
}

export interface ArchiveCounts {
  archived: number;
  failed: number;
}

type OnProgress = (counts: ArchiveCounts) => void;

const GIVE_UP_AFTER_MS = 30 * 86_400_000;
/** Age alone is not enough to give up: the mirror may have been off for a month. */
const MIN_TRIES_BEFORE_GIVING_UP = 10;
/** How often archiving is retried while the disk or the archive is full. */
const RETRY_WHEN_FULL_MS = 10 * 60_000;
/** And while the object store can't store anything: links expire. */
const RETRY_WHEN_UNREACHABLE_MS = 60_000;

export function createArchiver(deps: ArchiverDeps): Archiver {
  const { store, clock, log } = deps;
  const stopping = new AbortController();
  const hosts = createImageHosts(deps);
  const wakeUp = createWakeUp();
  let claimed: ClaimedImages | undefined;
  let pausedUntilMs = 0;
  let withoutThumbnails = 0;

  /** Pauses archiving for a while, and logs it once. */
  const pauseArchiving = (why: string) => {
    if (pausedUntilMs <= clock.now()) log.error({ why }, 'archiving images has stopped');
    pausedUntilMs = clock.now() + RETRY_WHEN_FULL_MS;
  };

  /** The link is not to blame. The watch of the storage logs what is. @returns false: it is not archived */
  const deferImage = async (wanted: WantedImage, { message }: ObjectStoreError): Promise<false> => {
    pausedUntilMs = clock.now() + RETRY_WHEN_UNREACHABLE_MS;
    await store.deferImages([wanted], { dueAtMs: pausedUntilMs, error: message });
    return false;
  };

  const archiveWanted = async ({ wanted, host }: ClaimedImage, quota: ArchiveQuota): Promise<boolean> => {
    let hostFailure: HostFailure | undefined;
    hosts.begin(host);
    try {
      const makesThumbnails = claimed?.hasBacklog() !== true;
      if (!makesThumbnails) await deps.files.thumbnails.setComplete(false);
      const run = { quota, stop: stopping.signal, makesThumbnails };
      const { hasThumbnails } = await archiveOne(deps, wanted, run);
      if (!hasThumbnails) {
        withoutThumbnails += 1;
        await deps.files.thumbnails.setComplete(false);
      }
      return true;
    } catch (error) {
      if (error instanceof HostFailure) hostFailure = error;
      if (error instanceof ObjectStoreError) return await deferImage(wanted, error);
      if (!(error instanceof ImageFailure))
        log.error({ err: error, id: wanted.taskId }, 'archiving an image failed');
      const message = error instanceof Error ? describeError(error) : String(error);
      if (isBusy(error)) throw error; // its lease expires, and it is fetched again
      if (concernsAll(error)) pauseArchiving(message);
      const failure = stopping.signal.aborted
        ? { dueAtMs: clock.now(), error: 'interrupted by a stop' }
        : { dueAtMs: scheduleRetry(wanted, clock.now(), deps.random), error: message };
      await store.failImage(wanted, failure);
      return false;
    } finally {
      hosts.end(host, hostFailure);
    }
  };

  const run = async (onProgress?: OnProgress): Promise<ArchiveCounts> => {
    const counts = { archived: 0, failed: 0 };
    if (clock.now() < pausedUntilMs) return counts;
    const quota = createQuota(deps);
    claimed = createClaimedImages({ ...deps, hosts });
    const jobs = createJobs();
    try {
      while (!stopping.signal.aborted && clock.now() >= pausedUntilMs && !jobs.hasFailed()) {
        const next = jobs.size() < deps.imageConcurrency ? await claimed.takeNext() : undefined;
        if (next) {
          jobs.start(async () => {
            if (await archiveWanted(next, quota)) counts.archived += 1;
            else counts.failed += 1;
            onProgress?.(counts);
          });
        } else if (jobs.size() > 0) {
          await Promise.race([jobs.waitForOne(), wakeUp.wait()]);
        } else {
          const openMs = claimed.getNextOpenMs();
          if (openMs === undefined) break;
          await sleep(openMs - clock.now());
        }
      }
    } finally {
      // No job may outlive its run.
      await jobs.waitForAll();
      await claimed.release();
      claimed = undefined;
    }
    jobs.assertSuccess();
    return counts;
  };

  /** Until the time has passed, or more may be due. */
  const sleep = async (ms: number) => {
    const woken = new AbortController();
    const slept = clock.sleep(Math.max(1, ms), AbortSignal.any([woken.signal, stopping.signal]));
    await Promise.race([slept.catch(() => undefined), wakeUp.wait()]);
    woken.abort();
  };

  const runs = createSingleFlight((onProgress?: OnProgress) =>
    run(onProgress).catch((error: unknown) => {
      if (!isBusy(error)) pauseArchiving('the database does not answer');
      throw error;
    }),
  );

  return {
    run: (onProgress) => {
      claimed?.lookAgain();
      wakeUp.notify();
      return runs.run(onProgress);
    },
    get isRunning() {
      return runs.current !== undefined;
    },
    get withoutThumbnails() {
      return withoutThumbnails;
    },
    stop: async () => {
      stopping.abort(new Error('the mirror is stopping'));
      await runs.current?.catch(() => undefined); // the caller of run() gets the error
    },
  };
}

/** Whether the next image would fail in the same way: the archive is full, or the disk or the database fails. */
function concernsAll(error: unknown): boolean {
  if (error instanceof ImageFailure) return error instanceof QuotaExceeded;
  return storeErrorCodeOf(error) !== undefined || /^E[A-Z\d]+$/.test(getErrorCode(error) ?? '');
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
  return `could not be written (${describeReason(error)})`;
}

const POLL_INTERVAL_MS = 1000;

/** Checks every second whether an image is due, until it is stopped. */
export function startArchiving(
  archiver: Archiver,
  deps: Pick<ArchiverDeps, 'store' | 'clock' | 'log'>,
): { stop(): Promise<void> } {
  const poll = async () => {
    const progress = createProgressLog(deps);
    await progress.end(await archiver.run(progress.update));
  };
  const timer = setInterval(() => {
    // A later call would only join the run in progress, and report its end again.
    if (!archiver.isRunning)
      poll().catch((error: unknown) => deps.log.error({ err: error }, 'archiving images failed'));
  }, POLL_INTERVAL_MS);
  return {
    stop: () => {
      clearInterval(timer);
      return archiver.stop();
    },
  };
}
