/**
 * At most `concurrency` jobs at a time; the others wait, bounded in number and time. Callers take turns, the mirror's own
 * schedule comes when no caller waits, or after a few of them. What nobody waits for any more is dropped before it starts.
 */
import { createTurnOrder, type TurnLimits } from '../lib/turn-order.ts';
import { UpstreamError } from './errors.ts';
import type { Waiter, Waiters } from './waiters.ts';

export interface FairQueueOptions extends Partial<TurnLimits> {
  readonly concurrency: number;
  /** How long a caller's job may wait, milliseconds of real time, like the deadlines of requests. */
  readonly maxWaitMs?: number;
}

export interface FairQueue {
  /**
   * Runs a job in its turn.
   * @param waiters undefined for the schedule, whose jobs are neither counted nor dropped: it has few at a time
   * @throws UpstreamError `overloaded` when the queue is full or the wait too long, `abandoned` when all waiters hung up
   */
  add<Result>(run: () => Promise<Result>, waiters: Waiters | undefined): Promise<Result>;
}

interface Job {
  start(): void;
  fail(error: UpstreamError): void;
  /** Started or failed. */
  hasEnded: boolean;
  /** Who waits for it, and how to stop watching them. */
  readonly places: Map<Waiter, () => void>;
}

/** A batch of 1,000 ids, the most that a caller may ask for, takes 20. */
const MAX_PER_CALLER = 256;
const MAX_TOTAL = 1024;
const MAX_WAIT_MS = 60_000;
/** The schedule gets a turn after this many of the callers' jobs. */
const MAX_PASSED_OVER = 10;
/** What a caller is told when the queue is full. */
const RETRY_AFTER_MS = 5000;

export function createFairQueue(options: FairQueueOptions): FairQueue {
  const { concurrency, maxWaitMs = MAX_WAIT_MS } = options;
  const limits = {
    maxPerCaller: options.maxPerCaller ?? MAX_PER_CALLER,
    maxTotal: options.maxTotal ?? MAX_TOTAL,
  };
  const order = createTurnOrder<Job, Waiter>();
  const scheduled: Job[] = [];
  let running = 0;
  let passedOver = 0;

  const removePlace = (job: Job, waiter: Waiter) => {
    job.places.get(waiter)?.();
    job.places.delete(waiter);
    order.remove(job, waiter);
  };

  /** Removes a waiter from a job, which fails when it has no other. */
  const giveUpPlace = (job: Job, waiter: Waiter, error: UpstreamError) => {
    if (!job.places.has(waiter)) return;
    removePlace(job, waiter);
    if (job.places.size === 0) job.fail(error);
  };

  const addPlace = (job: Job, waiter: Waiter) => {
    if (job.hasEnded || waiter.hangUp?.aborted) return;
    const hangUp = () => giveUpPlace(job, waiter, createAbandonedError());
    const expire = () => giveUpPlace(job, waiter, createOverloadedError());
    const timer = setTimeout(expire, maxWaitMs).unref();
    waiter.hangUp?.addEventListener('abort', hangUp);
    job.places.set(waiter, () => {
      clearTimeout(timer);
      waiter.hangUp?.removeEventListener('abort', hangUp);
    });
    order.add(job, waiter);
    for (let excess = order.findExcess(waiter, limits); excess; excess = order.findExcess(waiter, limits))
      giveUpPlace(excess.job, excess.request, createOverloadedError());
  };

  const takeNext = (): Job | undefined => {
    const isScheduleDue = scheduled.length > 0 && passedOver >= MAX_PASSED_OVER;
    const job = isScheduleDue ? undefined : order.next();
    passedOver = job && scheduled.length > 0 ? passedOver + 1 : 0;
    if (!job) return scheduled.shift();
    for (const waiter of job.places.keys()) removePlace(job, waiter);
    return job;
  };

  const startJobs = () => {
    while (running < concurrency) {
      const job = takeNext();
      if (!job) return;
      running += 1;
      job.start();
    }
  };

  return {
    add: (run, waiters) =>
      new Promise((resolve, reject) => {
        const end = () => {
          job.hasEnded = true;
          endJoining?.();
        };
        const start = () => {
          end();
          void run()
            .then(resolve, reject)
            .finally(() => {
              running -= 1;
              startJobs();
            });
        };
        const fail = (error: UpstreamError) => {
          end();
          waiters?.close();
          reject(error);
        };
        const job: Job = { start, fail, hasEnded: false, places: new Map() };
        const endJoining = waiters?.onJoin((waiter) => addPlace(job, waiter));
        if (!waiters) scheduled.push(job);
        else {
          for (const waiter of waiters.all) addPlace(job, waiter);
          if (job.places.size === 0 && !job.hasEnded) fail(createAbandonedError());
        }
        startJobs();
      }),
  };
}

function createOverloadedError(): UpstreamError {
  const message = 'too many requests are waiting for the upstream';
  return new UpstreamError('overloaded', message, undefined, RETRY_AFTER_MS);
}

function createAbandonedError(): UpstreamError {
  return new UpstreamError(
    'abandoned',
    'its caller hung up before the request was sent',
    undefined,
    RETRY_AFTER_MS,
  );
}
