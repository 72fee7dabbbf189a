/** Background work over all stored tasks after an update: re-reads documents and rebuilds the search index. */
import { setImmediate } from 'node:timers/promises';
import type { Clock } from '../lib/clock.ts';
import type { Log } from '../lib/log.ts';
import type { MaybePromise } from '../store/contract/maybe-promise.ts';
import type { Store } from '../store/contract/store.ts';

const LOG_INTERVAL_MS = 5000;

type Progress = { readonly tasksLeft: number } | undefined;

/** Work over all tasks, and its log messages. */
interface Job {
  /** Runs one batch; undefined once everything is done. */
  run(): MaybePromise<Progress>;
  readonly inProgress: string;
  readonly done: string;
  readonly failed: string;
}

/** `stop` waits for the batch in progress; the next start resumes. */
export function startReindexing(
  store: Store,
  { clock, log }: { clock: Clock; log: Log },
): { stop(): Promise<void> } {
  let isStopping = false;

  const runJob = async ({ run, inProgress, done }: Job): Promise<void> => {
    let loggedAt: number | undefined;
    for (let progress = await run(); progress; progress = await run()) {
      if (loggedAt === undefined || clock.monotonic() - loggedAt >= LOG_INTERVAL_MS) {
        log.info({ tasks_left: progress.tasksLeft }, inProgress);
        loggedAt = clock.monotonic();
      }
      if (isStopping) return;
      await setImmediate(); // lets requests go first
    }
    if (loggedAt !== undefined) log.info(done);
  };

  const runAll = async (): Promise<void> => {
    for (const job of listJobs(store, clock)) {
      if (isStopping) return;
      await runJob(job).catch((error: unknown) => log.error({ err: error }, job.failed));
    }
  };
  const working = runAll();
  return {
    stop: async () => {
      isStopping = true;
      await working;
    },
  };
}

function listJobs(store: Store, clock: Clock): Job[] {
  return [
    // First, because until it is complete searches find less.
    {
      run: () => store.reindexSome(),
      inProgress: 'rebuilding the search index',
      done: 'the search index is complete',
      failed: 'rebuilding the search index failed',
    },
    {
      run: () => store.rereadSome(clock.now()),
      inProgress: 're-reading stored documents by the rules of this version',
      done: 'all stored documents have been re-read',
      failed: 're-reading stored documents failed',
    },
  ];
}
