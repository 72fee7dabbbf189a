/** Searching on a thread of its own: however heavy a search is, a cached retrieve does not wait for it. */
import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';
import { Worker } from 'node:worker_threads';
import type { FacetRequest, Facets, SearchPage, SearchRequest } from './contract.ts';
import type { Searching } from './searching.ts';

export type SearchJob = { readonly number: number } & (
  | { readonly job: 'search'; readonly request: SearchRequest }
  | { readonly job: 'facets'; readonly request: FacetRequest }
);

export type SearchReply = { readonly number: number } & (
  | { readonly result: SearchPage | Facets }
  | { readonly failed: { readonly message: string; readonly code: string | undefined } }
);

interface Waiter {
  resolve(result: never): void;
  reject(reason: Error): void;
}

/** @param file the database. The thread starts with the first search, and again after it broke. */
export function startSearchThread(file: string): Searching {
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
    const started = newWorker(file);
    started.on('message', (reply: SearchReply) => {
      const waiter = waiting.get(reply.number);
      waiting.delete(reply.number);
      if ('result' in reply) waiter?.resolve(reply.result as never);
      else waiter?.reject(Object.assign(new Error(reply.failed.message), { code: reply.failed.code }));
    });
    started.on('error', (error) => fail(started, error));
    started.on('exit', () => fail(started, new Error('the search thread ended')));
    started.unref();
    return started;
  };
  const run = <T>(job: SearchJob): Promise<T> =>
    new Promise<T>((resolve, reject) => {
      waiting.set(job.number, { resolve, reject });
      worker ??= start();
      worker.postMessage(job);
    });
  const next = () => {
    number += 1;
    return number;
  };

  return {
    search: (request) => run<SearchPage>({ number: next(), job: 'search', request }),
    facets: (request) => run<Facets>({ number: next(), job: 'facets', request }),
    close: async () => {
      await worker?.terminate();
    },
  };
}

/** From sources, the thread must first learn to read TypeScript; built, it starts as it is. */
function newWorker(file: string): Worker {
  if (!import.meta.url.endsWith('.ts')) {
    return new Worker(new URL('./search-worker.js', import.meta.url), { workerData: file });
  }
  const worker = new URL('./search-worker.ts', import.meta.url).href;
  // The CommonJS form of tsx's loader does not find itself.
  const loader = createRequire(import.meta.url)
    .resolve('tsx/esm/api')
    .replace(/\.cjs$/, '.mjs');
  const start = `import(${JSON.stringify(pathToFileURL(loader).href)})
    .then(({ register }) => { register(); return import(${JSON.stringify(worker)}); })`;
  return new Worker(start, { eval: true, workerData: file, execArgv: [] });
}
