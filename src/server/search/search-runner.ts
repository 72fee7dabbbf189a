/**
 * One search thread that runs one job at a time, and ends it when it takes too long or its caller hangs up. SQLite checks for that
 * between rows; a thread that still does not come back is replaced.
 */
import type { Worker } from 'node:worker_threads';
import { ApiError, createHangUpError } from '../../lib/api-error.ts';
import { startWorker } from '../../lib/worker.ts';
import {
  type AnswerTo,
  type Question,
  restoreError,
  type SearchMessage,
  type SearchReply,
  type SearchWorkerData,
} from './search-protocol.ts';

export interface SearchLimits {
  /** How long a search may take. */
  readonly timeoutMs: number;
  /** How long an interrupted thread may take to come back. */
  readonly graceMs: number;
  /** Memory of its JavaScript. More is not a search but an accident, and must not end the process. */
  readonly heapMib: number;
}

/** How long a thread may take to start, on any machine. */
const START_MS = 30_000;

/** Calls back when the caller of a search hangs up. @returns a function that stops watching */
export type HangUpWatch = (callback: () => void) => () => void;

export interface SearchRunner {
  /** @throws ApiError 503 when it takes too long, 499 when the caller hangs up, 400; any error of the thread */
  run<Asked extends Question>(question: Asked, onHangUp: HangUpWatch | undefined): Promise<AnswerTo<Asked>>;
  /** Whether the thread that failed last had answered before: otherwise none can be started. */
  readonly hasAnswered: boolean;
  /** Whether its thread has answered with counts that are out of date. */
  readonly isRecountDue: boolean;
  close(): Promise<void>;
}

interface Job {
  /** Starts measuring the time. */
  begin(): void;
  interrupt(reason: ApiError): void;
  resolve(answer: AnswerTo<Question>): void;
  reject(error: unknown): void;
  readonly reason: ApiError | undefined;
}

/** The thread starts with the first job, and is restarted after a crash. @param module its entry point */
export function createSearchRunner(
  module: URL,
  { dataDir, databaseUrl, basePath }: Omit<SearchWorkerData, 'interrupted'>,
  limits: SearchLimits,
): SearchRunner {
  const interrupted = new Int32Array(new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT));
  let worker: Worker | undefined;
  let isReady = false;
  let hasAnswered = false;
  let isRecountDue = false;
  let number = 0;
  let job: Job | undefined;

  const start = (): Worker => {
    isReady = false;
    hasAnswered = false;
    isRecountDue = false;
    const data = { dataDir, databaseUrl, basePath, interrupted } satisfies SearchWorkerData;
    const started = startWorker(module, data, { maxOldGenerationSizeMb: limits.heapMib });
    const handleReply = (reply: SearchReply) => {
      if (worker !== started) return; // it has been replaced
      if (reply === 'ready') {
        isReady = true;
        job?.begin();
        return;
      }
      hasAnswered = true;
      if ('answer' in reply) isRecountDue = reply.isRecountDue;
      if (reply.number !== number) return;
      if ('answer' in reply) job?.resolve(reply.answer);
      else job?.reject(reply.failed.isInterrupted ? job.reason : restoreError(reply.failed));
    };
    const fail = (error: Error) => {
      if (worker !== started) return;
      worker = undefined;
      job?.reject(job.reason ?? error);
    };
    started.on('message', handleReply);
    started.on('error', (error) => fail(describeCrash(error)));
    started.on('exit', () => fail(new Error('the search thread ended')));
    started.unref();
    return started;
  };

  /** For a thread that does not come back. It ends by itself as soon as SQLite returns. */
  const abandon = () => {
    const stuck = worker;
    worker = undefined;
    job?.reject(job.reason);
    void stuck?.terminate();
  };

  const createJob = (
    resolve: Job['resolve'],
    reject: Job['reject'],
    onHangUp: HangUpWatch | undefined,
  ): Job => {
    const timers: NodeJS.Timeout[] = [];
    let reason: ApiError | undefined;
    const startTimer = (then: () => void, ms: number) => {
      timers.push(setTimeout(then, ms).unref());
    };
    const interrupt = (why: ApiError) => {
      if (reason) return;
      reason = why;
      Atomics.store(interrupted, 0, number);
      if (isReady) startTimer(abandon, limits.graceMs);
    };
    const stopWatching = onHangUp?.(() => interrupt(createHangUpError()));
    const end = () => {
      for (const timer of timers) clearTimeout(timer);
      stopWatching?.();
      job = undefined;
    };
    return {
      begin: () => {
        if (reason) startTimer(abandon, limits.graceMs);
        else startTimer(() => interrupt(createTimeoutError(limits.timeoutMs)), limits.timeoutMs);
      },
      interrupt,
      resolve: (answer) => {
        end();
        resolve(answer);
      },
      reject: (error) => {
        end();
        reject(error);
      },
      get reason() {
        return reason;
      },
    };
  };

  return {
    run: <Asked extends Question>(question: Asked, onHangUp: HangUpWatch | undefined) =>
      new Promise<AnswerTo<Asked>>((resolve, reject) => {
        number += 1;
        // The thread answers each question with its own kind of answer.
        job = createJob((answer) => resolve(answer as AnswerTo<Asked>), reject, onHangUp);
        worker ??= start();
        if (isReady) job.begin();
        worker.postMessage({ number, question } satisfies SearchMessage);
      }),
    get hasAnswered() {
      return hasAnswered;
    },
    get isRecountDue() {
      return isRecountDue;
    },
    close: async () => {
      const last = worker;
      job?.interrupt(new ApiError(503, 'api_error', 'the mirror is stopping'));
      worker = undefined;
      job?.reject(job.reason);
      if (last) await endThread(last, isReady ? limits.graceMs : START_MS);
    },
  };
}

/**
 * Asks a thread to end itself. To be ended from outside while it loads SQLite's driver would end the whole process: Node aborts when a
 * native module can't be registered.
 * @param graceMs how long it may take
 */
async function endThread(thread: Worker, graceMs: number): Promise<void> {
  const ended = new Promise((resolve) => thread.once('exit', resolve));
  thread.postMessage('end' satisfies SearchMessage);
  const grace = setTimeout(() => void thread.terminate(), graceMs);
  await ended;
  clearTimeout(grace);
}

function createTimeoutError(timeoutMs: number): ApiError {
  return new ApiError(
    503,
    'api_error',
    `the search took longer than ${timeoutMs / 1000} s and was ended; fewer or rarer words, or a shorter time, take less`,
    { retryAfterSeconds: Math.ceil(timeoutMs / 1000) },
  );
}

function describeCrash(error: Error): Error {
  const isOutOfMemory = 'code' in error && error.code === 'ERR_WORKER_OUT_OF_MEMORY';
  if (!isOutOfMemory) return error;
  return new ApiError(503, 'api_error', 'the search needed too much memory and was ended', {
    retryAfterSeconds: 1,
    cause: error,
  });
}
