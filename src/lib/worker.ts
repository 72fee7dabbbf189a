/** Starting a thread of our own. */
import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';
import { Worker } from 'node:worker_threads';

/**
 * From sources, a thread must first learn to read TypeScript; built, it starts as it is.
 * @param module address of its file
 */
export function startWorker(module: URL, workerData: unknown): Worker {
  if (!module.href.endsWith('.ts')) return new Worker(module, { workerData });
  // The CommonJS form of tsx's loader does not find itself.
  const loader = createRequire(import.meta.url)
    .resolve('tsx/esm/api')
    .replace(/\.cjs$/, '.mjs');
  const start = `import(${JSON.stringify(pathToFileURL(loader).href)})
    .then(({ register }) => { register(); return import(${JSON.stringify(module.href)}); })`;
  return new Worker(start, { eval: true, workerData, execArgv: [] });
}
