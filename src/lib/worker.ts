/** Starts worker threads. */
import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';
import { type ResourceLimits, Worker } from 'node:worker_threads';

/**
 * Starts a module as a worker thread. From sources, the thread first registers a TypeScript loader.
 * @param module URL of its file
 * @param resourceLimits of memory; a thread that exceeds them ends with an error
 */
export function startWorker(module: URL, workerData: unknown, resourceLimits: ResourceLimits = {}): Worker {
  if (!module.href.endsWith('.ts')) return new Worker(module, { workerData, resourceLimits });
  // The CommonJS build of tsx's loader can't resolve its own files.
  const loader = createRequire(import.meta.url)
    .resolve('tsx/esm/api')
    .replace(/\.cjs$/, '.mjs');
  const start = `import(${JSON.stringify(pathToFileURL(loader).href)})
    .then(({ register }) => { register(); return import(${JSON.stringify(module.href)}); })`;
  return new Worker(start, { eval: true, workerData, resourceLimits, execArgv: [] });
}
