/**
 * Runs searches on a worker thread, so that a heavy search never delays a cached retrieve. The thread builds complete
 * responses, so that not even their JSON is serialised here.
 */
import type { Worker } from 'node:worker_threads';
import { ApiError, createBadRequest } from '../../lib/api-error.ts';
import { startWorker } from '../../lib/worker.ts';
import { StoreError, type StoreErrorCode } from '../../store/contract/errors.ts';
import type { TaskLimits } from '../../task/limits.ts';

export type SearchRoute = 'search' | 'facets' | 'suggest';

export interface SearchQuestion {
  readonly route: SearchRoute;
  /** The query string of the request. */
  readonly query: string;
  /** Whose tasks the caller may see; undefined means all. */
  readonly limits: TaskLimits | undefined;
  readonly nowMs: number;
}

/** More would only be answered after their callers have given up. */
const MAX_WAITING = 256;

export interface SearchJob extends SearchQuestion {
  readonly number: number;
}

export type SearchReply = { readonly number: number } & (
  | { readonly body: string }
  | {
      readonly failed: {
        readonly message: string;
        /** Set for errors that the caller may see. */
        readonly api?: { readonly status: ApiError['status']; readonly code: ApiError['code'] };
        /** Set for errors of the store. */
        readonly store?: StoreErrorCode;
        /** The system's error code. */
        readonly system?: string | undefined;
      };
    }
);

/** The settings that the thread needs. */
export interface SearchWorkerData {
  /** Owned by this process. */
  readonly dataDir: string;
  readonly basePath: string;
}

export interface Searching {
  /**
   * The JSON text of an answer.
   * @param isWanted checked before the search starts; one whose caller has hung up is skipped
   * @throws ApiError 400; 503 when too many are waiting
   */
  answer(question: SearchQuestion, isWanted?: () => boolean): Promise<string>;
  close(): Promise<void>;
}

interface Waiter {
  readonly question: SearchQuestion;
  isWanted(): boolean;
  resolve(body: string): void;
  reject(reason: Error): void;
}

/**
 * The thread starts with the first search, and restarts after a crash.
 * @param module the thread's entry point
 * @param onError called with errors that the caller must not see
 */
export function startSearchThread(
  module: URL,
  data: SearchWorkerData,
  onError: (error: unknown) => void = () => undefined,
): Searching {
  /** In order of arrival; the first is in progress. */
  const waiting: Waiter[] = [];
  let worker: Worker | undefined;
  let number = 0;

  const fail = (waiter: Waiter | undefined, error: Error) => {
    if (!(error instanceof ApiError)) onError(error);
    waiter?.reject(error);
  };
  const failAll = (broken: Worker, reason: Error) => {
    if (worker !== broken) return;
    worker = undefined;
    for (const { reject } of waiting.splice(0)) reject(reason);
  };
  const runNext = (): void => {
    while (waiting[0] && !waiting[0].isWanted())
      waiting.shift()?.reject(createBadRequest('the caller hung up'));
    const [first] = waiting;
    if (!first) return;
    number += 1;
    worker ??= start();
    worker.postMessage({ ...first.question, number } satisfies SearchJob);
  };
  const start = (): Worker => {
    const { dataDir, basePath } = data;
    const started = startWorker(module, { dataDir, basePath });
    started.on('message', (reply: SearchReply) => {
      if (reply.number !== number) return; // from a thread that has been abandoned
      const waiter = waiting.shift();
      if ('body' in reply) waiter?.resolve(reply.body);
      else fail(waiter, restoreError(reply.failed));
      runNext();
    });
    started.on('error', (error) => failAll(started, error));
    started.on('exit', () => failAll(started, new Error('the search thread ended')));
    started.unref();
    return started;
  };
  return {
    answer: (question, isWanted = () => true) =>
      new Promise((resolve, reject) => {
        if (waiting.length >= MAX_WAITING) {
          reject(
            new ApiError(503, 'api_error', 'too many searches wait; try again', {
              retryAfterSeconds: 1,
            }),
          );
          return;
        }
        waiting.push({ question, isWanted, resolve, reject });
        if (waiting.length === 1) runNext();
      }),
    close: async () => {
      const last = worker;
      if (last) failAll(last, new ApiError(503, 'api_error', 'the mirror is stopping'));
      await last?.terminate();
    },
  };
}

function restoreError({
  message,
  api,
  store,
  system,
}: Extract<SearchReply, { failed: unknown }>['failed']): Error {
  if (api) return new ApiError(api.status, api.code, message);
  return store === undefined
    ? Object.assign(new Error(message), { code: system })
    : new StoreError(store, message);
}
