/** The thread that searches: a connection of its own that only reads. See search-thread.ts. */
import { parentPort, workerData } from 'node:worker_threads';
import { openDatabase } from './database.ts';
import type { SearchJob, SearchReply } from './search-thread.ts';
import { createSearching } from './searching.ts';

const searching = createSearching(openDatabase(String(workerData), { readonly: true }));

parentPort?.on('message', async ({ number, job, request }: SearchJob) => {
  let reply: SearchReply;
  try {
    const result = job === 'search' ? await searching.search(request) : await searching.facets(request);
    reply = { number, result };
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : undefined;
    reply = { number, failed: { message: error instanceof Error ? error.message : String(error), code } };
  }
  parentPort?.postMessage(reply);
});
