/**
 * Searching on a thread of its own: however heavy a search is, a cached retrieve does not wait for it. Whole answers are made
 * there, so that not even their JSON is written here.
 */
import type { Worker } from 'node:worker_threads';
import { ApiError } from '../api-error.ts';
import type { TaskLimits } from '../task/limits.ts';
import { besideAs, startWorker } from '../worker.ts';

export type SearchRoute = 'search' | 'facets';

export interface SearchQuestion {
  readonly route: SearchRoute;
  /** The query string of the request. */
  readonly query: string;
  /** Whose tasks the caller may see; undefined: all. */
  readonly limits: TaskLimits | undefined;
  readonly nowMs: number;
}

export interface SearchJob extends SearchQuestion {
  readonly number: number;
}

export type SearchReply = { readonly number: number } & (
  | { readonly body: string }
  | {
      readonly failed: {
        readonly message: string;
        /** Set for what the caller may be told. */
        readonly api?: { readonly status: ApiError['status']; readonly code: ApiError['code'] };
        /** The code of SQLite or of the system. */
        readonly system?: string | undefined;
      };
    }
);

/** What the thread must know of the settings. */
export interface SearchWorkerData {
  /** Whose owner we are. */
  readonly dataDir: string;
  readonly basePath: string;
}

export interface Searching {
  /** The JSON text of an answer. @throws ApiError 400 */
  answer(question: SearchQuestion): Promise<string>;
  close(): Promise<void>;
}

interface Waiter {
  resolve(body: string): void;
  reject(reason: Error): void;
}

/** The thread starts with the first search, and again after it broke. */
export function startSearchThread(data: SearchWorkerData): Searching {
  const waiting = new Map<number, Waiter>();
  let worker: Worker | undefined;
  let number = 0;

  const fail = (broken: Worker, reason: Error) => {
    if (worker !== broken) return;
    worker = undefined;
    for (const { reject } of waiting.values()) reject(reason);
    waiting.clear();
  };
  const start = (): Worker => {
    const { dataDir, basePath } = data;
    const started = startWorker(besideAs(import.meta.url, 'search-worker'), { dataDir, basePath });
    started.on('message', (reply: SearchReply) => {
      const waiter = waiting.get(reply.number);
      waiting.delete(reply.number);
      if ('body' in reply) waiter?.resolve(reply.body);
      else waiter?.reject(errorOf(reply.failed));
    });
    started.on('error', (error) => fail(started, error));
    started.on('exit', () => fail(started, new Error('the search thread ended')));
    started.unref();
    return started;
  };
  return {
    answer: (question) =>
      new Promise((resolve, reject) => {
        number += 1;
        waiting.set(number, { resolve, reject });
        worker ??= start();
        worker.postMessage({ ...question, number } satisfies SearchJob);
      }),
    close: async () => {
      const last = worker;
      if (last) fail(last, new ApiError(503, 'api_error', 'the mirror is stopping'));
      await last?.terminate();
    },
  };
}

function errorOf({ message, api, system }: Extract<SearchReply, { failed: unknown }>['failed']): Error {
  return api
    ? new ApiError(api.status, api.code, message)
    : Object.assign(new Error(message), { code: system });
}
