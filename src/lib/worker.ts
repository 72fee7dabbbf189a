/** Starts worker threads and processes. */
import { type ChildProcess, fork } from 'node:child_process';
import { createRequire } from 'node:module';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { type ResourceLimits, Worker } from 'node:worker_threads';

const NOT_INHERITED = /^(?:FLUX_MIRROR_|ACEDATACLOUD_|NODE_OPTIONS$)/;

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

/**
 * Starts a module as a process that talks over a channel. It gets no settings of ours, because it needs no tokens.
 * @param module URL of its file
 */
export function startProcess(module: URL): ChildProcess {
  const isSource = module.href.endsWith('.ts');
  const loader = isSource ? createRequire(import.meta.url).resolve('tsx/esm') : undefined;
  return fork(fileURLToPath(module), {
    serialization: 'advanced',
    stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
    execArgv: loader === undefined ? [] : ['--import', pathToFileURL(loader).href],
    env: Object.fromEntries(Object.entries(process.env).filter(([name]) => !NOT_INHERITED.test(name))),
  });
}
