/**
 * Stands in for src/lib/worker.ts in tests (vitest.config.ts): a thread or process of the tested code runs its built file, as shipped.
 * From sources, each would load a TypeScript loader first, which took a second of CPU time in every test that searches.
 */
import { fork } from 'node:child_process';
import { type ResourceLimits, Worker } from 'node:worker_threads';
import type * as fromSources from '../../src/lib/worker.ts';

const findBuilt = (module: URL) => new URL(module.href.replace('/src/', '/dist/').replace(/\.ts$/, '.js'));

export const { startWorker, startProcess } = {
  startWorker: (module: URL, workerData: unknown, resourceLimits: ResourceLimits = {}) =>
    new Worker(findBuilt(module), { workerData, resourceLimits }),
  startProcess: (module: URL) =>
    fork(findBuilt(module), {
      serialization: 'advanced',
      stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
      execArgv: [],
    }),
} satisfies typeof fromSources;
