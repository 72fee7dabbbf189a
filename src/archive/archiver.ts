/** Fetches the images of succeeded tasks, soon, because their links die: a few at a time, again after a failure. */
import type { Clock } from '../lib/clock.ts';
import { getErrorCode } from '../lib/errno.ts';
import type { Log } from '../lib/log.ts';
import { createSingleFlight } from '../lib/single-flight.ts';
import type { SafeFetch } from '../outbound/safe-fetch.ts';
import type { WantedImage } from '../store/contract/images.ts';
import type { Store } from '../store/contract/store.ts';
import { nextCheckDelay } from '../task/next-check.ts';
import { ImageFailure } from './failure.ts';
import { fetchImage, IMAGE_TIMEOUT_MS } from './fetch-image.ts';
import type { ImageFiles } from './files.ts';

export interface ArchiverDeps {
  readonly store: Store;
  readonly files: ImageFiles;
  readonly safeFetch: SafeFetch;
  readonly clock: Clock;
  readonly log: Log;
  readonly random: () => number;
  readonly imageConcurrency: number;
  readonly maxImageBytes: number;
  /** Of all archived images together; undefined: no limit. */
  readonly maxArchiveBytes: number | undefined;
}

export interface Archiver {
  /** Fetches everything that is due; concurrent calls share the run in progress. */
  run(): Promise<ArchiveCounts>;
  /** Gives up what is under way, and starts nothing more. */
  stop(): Promise<void>;
}

export interface ArchiveCounts {
  archived: number;
  failed: number;
}

const GIVE_UP_AFTER_MS = 30 * 86_400_000;
/** Age alone gives nothing up: the mirror may have been off for a month. */
const TRIES_BEFORE_GIVING_UP = 10;
const LEASE_MS = 2 * IMAGE_TIMEOUT_MS;
/** While the disk or the archive is full, it is tried again this often. */
const RETRY_WHEN_FULL_MS = 10 * 60_000;

export function createArchiver(deps: ArchiverDeps): Archiver {
  const { store, clock, log } = deps;
  const stopping = new AbortController();
  let restUntilMs = 0;

  /** There is no room: says so once, and rests. */
  const pauseArchiving = (why: string) => {
    if (restUntilMs <= clock.now()) log.error({ why }, 'archiving images has stopped');
    restUntilMs = clock.now() + RETRY_WHEN_FULL_MS;
  };

  const handle = async (wanted: WantedImage, room: Room): Promise<boolean> => {
    try {
      await archiveOne(deps, wanted, room, stopping.signal);
      return true;
    } catch (error) {
      if (!(error instanceof ImageFailure))
        log.error({ err: error, id: wanted.taskId }, 'archiving an image failed');
      const message = error instanceof Error ? describeError(error) : String(error);
      if (error instanceof NoRoom || !(error instanceof ImageFailure)) pauseArchiving(message);
      const failure = stopping.signal.aborted
        ? { dueAtMs: clock.now(), error: 'interrupted by a stop' }
        : { dueAtMs: scheduleRetry(wanted, clock.now(), deps.random), error: message };
      await store.failImage(wanted, failure);
      return false;
    }
  };

  const work = async (counts: ArchiveCounts, room: Room): Promise<void> => {
    while (!stopping.signal.aborted && clock.now() >= restUntilMs) {
      const [wanted] = await store.claimImages({ nowMs: clock.now(), limit: 1, leaseMs: LEASE_MS });
      if (!wanted) return;
      if (await handle(wanted, room)) counts.archived += 1;
      else counts.failed += 1;
    }
  };

  const run = async (): Promise<ArchiveCounts> => {
    const counts = { archived: 0, failed: 0 };
    if (clock.now() < restUntilMs) return counts;
    const room = createRoom(deps);
    const workers = Array.from({ length: deps.imageConcurrency }, () => work(counts, room));
    // Wait for all, then report the first that broke: nothing may go on behind a run that is over.
    const broken = (await Promise.allSettled(workers)).find((worker) => worker.status === 'rejected');
    if (broken) throw broken.reason;
    return counts;
  };

  const runs = createSingleFlight(() =>
    run().catch((error: unknown) => {
      pauseArchiving('the database does not answer');
      throw error;
    }),
  );

  return {
    run: runs.run,
    stop: async () => {
      stopping.abort(new Error('the mirror is stopping'));
      await runs.current?.catch(() => undefined); // whoever asked for the run hears of it
    },
  };
}

class NoRoom extends ImageFailure {}

/** How much the archive may still grow. */
interface Room {
  /** Bytes. */
  left(): Promise<number>;
  take(bytes: number): void;
}

/** Counts what is there once, when it is first needed: almost every run finds nothing to do. */
function createRoom({ store, maxArchiveBytes }: ArchiverDeps): Room {
  let atFirst: Promise<number> | undefined;
  let taken = 0;
  const count = async () =>
    maxArchiveBytes === undefined
      ? Number.POSITIVE_INFINITY
      : maxArchiveBytes - (await store.imageStats()).bytes;
  return {
    left: async () => {
      atFirst ??= count();
      return (await atFirst) - taken;
    },
    take: (bytes) => {
      taken += bytes;
    },
  };
}

/** @throws ImageFailure, NoRoom, or the system's error */
async function archiveOne(
  deps: ArchiverDeps,
  wanted: WantedImage,
  room: Room,
  stop: AbortSignal,
): Promise<void> {
  const { store, files, clock } = deps;
  if (wanted.url === undefined) throw new ImageFailure('the task has no such image');
  const { received, image } = await fetchImage(deps, wanted.url, stop);
  try {
    const isNew = (await store.image(image.sha256)) === undefined;
    if (isNew && image.bytes > (await room.left())) throw new NoRoom('the archive is as large as it may be');
    await files.keep(received, image);
    if (!(await store.archiveImage(wanted, image, clock.now()))) {
      // The task went while its image came; the file goes too, unless another task has the same.
      if (isNew && (await store.image(image.sha256)) === undefined) await files.remove(image);
      return;
    }
    if (isNew) room.take(image.bytes);
  } finally {
    await files.discard(received);
  }
}

function scheduleRetry(
  { addedAtMs, attempts }: WantedImage,
  nowMs: number,
  random: () => number,
): number | undefined {
  const isHopeless = nowMs - addedAtMs >= GIVE_UP_AFTER_MS && attempts + 1 >= TRIES_BEFORE_GIVING_UP;
  return isHopeless ? undefined : nowMs + nextCheckDelay(attempts, random);
}

/** The system's words for a full disk name its paths. */
function describeError(error: Error): string {
  if (error instanceof ImageFailure) return error.message;
  const code = getErrorCode(error) ?? error.name;
  return code === 'ENOSPC' ? 'the disk is full' : `could not be written (${code})`;
}

const POLL_INTERVAL_MS = 1000;

/** Looks every second whether an image is due, until it is stopped. */
export function startArchiving(archiver: Archiver, log: Log): { stop(): Promise<void> } {
  const look = () =>
    archiver.run().catch((error: unknown) => log.error({ err: error }, 'archiving images failed'));
  const timer = setInterval(look, POLL_INTERVAL_MS);
  return {
    stop: () => {
      clearInterval(timer);
      return archiver.stop();
    },
  };
}
