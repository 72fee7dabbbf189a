/** Worker thread for searches, with its own read-only connection. See server/search/search-thread.ts. */
import { constants, platform, setPriority } from 'node:os';
import { parentPort, workerData } from 'node:worker_threads';
import { ApiError } from '../lib/api-error.ts';
import { systemClock } from '../lib/clock.ts';
import { getErrorCode } from '../lib/errno.ts';
import { answerFacets, answerSearch, answerSuggest, type Target } from '../server/search/search-answers.ts';
import type { SearchJob, SearchReply, SearchWorkerData } from '../server/search/search-thread.ts';
import { storeErrorCodeOf } from '../store/contract/errors.ts';
import { openStore } from '../store/sqlite/open.ts';

// With few cores, retrieves take precedence over searches. On Linux this applies to this thread only; elsewhere it would
// apply to the whole process.
if (platform() === 'linux') setPriority(constants.priority.PRIORITY_BELOW_NORMAL);

const { dataDir, basePath } = workerData as SearchWorkerData;
const store = await openStore({ dataDir, clock: systemClock, mode: 'reader', isResident: true });
const answers = {
  search: (target: Target) => answerSearch(store, target, basePath),
  facets: (target: Target) => answerFacets(store, target),
  suggest: (target: Target) => answerSuggest(store, target),
};

parentPort?.on('message', async ({ number, route, query, limits, nowMs }: SearchJob) => {
  const target = { params: new URLSearchParams(query), limits, nowMs };
  let reply: SearchReply;
  try {
    reply = { number, body: await answers[route](target) };
  } catch (error) {
    reply = { number, failed: serializeError(error) };
  }
  parentPort?.postMessage(reply);
});

/** Structured cloning drops what the caller needs of an error: its code and status. */
function serializeError(error: unknown): Extract<SearchReply, { failed: unknown }>['failed'] {
  const message = error instanceof Error ? error.message : String(error);
  if (error instanceof ApiError) return { message, api: { status: error.status, code: error.code } };
  const store = storeErrorCodeOf(error);
  return store === undefined ? { message, system: getErrorCode(error) } : { message, store };
}
