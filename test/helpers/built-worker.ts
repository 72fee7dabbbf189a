/**
 * Stands in for src/lib/worker.ts in tests (vitest.config.ts): a thread of the tested code runs its built file, as shipped.
 * From sources, each would load a TypeScript loader first, which took a second of CPU time in every test that searches.
 */
import { type ResourceLimits, Worker } from 'node:worker_threads';
import type * as fromSources from '../../src/lib/worker.ts';

export const { startWorker } = {
  startWorker: (module: URL, workerData: unknown, resourceLimits: ResourceLimits = {}) =>
    new Worker(new URL(module.href.replace('/src/', '/dist/').replace(/\.ts$/, '.js')), {
      workerData,
      resourceLimits,
    }),
} satisfies typeof fromSources;
