/** Retrieves many tasks: only missing or stale ones are fetched, the rest come from the store. */
import type { StoredTask } from '../store/contract/tasks.ts';
import type { TaskId } from '../task/id.ts';
import { UpstreamError } from '../upstream/errors.ts';
import type { UpstreamAuth } from '../upstream/upstream-auth.ts';
import { concatInChunks } from './concat.ts';
import { type Caller, type MirrorDeps, upstreamAuthFor } from './deps.ts';
import { isPriceForCaller, relayError } from './errors.ts';
import type { Fetched } from './fetched.ts';
import { isFresh, mustWait } from './freshness.ts';
import {
  type CacheStatus,
  createConcatenatedResponse,
  createItemsResponse,
  forwardResponse,
  type MirrorResponse,
  selectForwardedHeaders,
  UNFETCHED_HEADER,
} from './mirror-response.ts';
import type { ReadThrough } from './read-through.ts';
import { storeAnswer } from './store-answer.ts';
import { maySee } from './visibility.ts';

/**
 * Answers `{"action":"retrieve_batch","ids":[…]}`: items in the order of the ids, each once, without unknown ids
 * and those the caller may not see.
 * @throws ApiError when the upstream failed and none of the ids is cached
 */
export async function retrieveBatch(
  deps: MirrorDeps,
  { fetcher, staleWait }: ReadThrough,
  asked: readonly TaskId[],
  caller: Caller,
): Promise<MirrorResponse> {
  const { store, clock } = deps;
  const ids = [...new Set(asked)];
  if (ids.length === 0) return checkCredential(deps, caller);
  if (!caller.limits) {
    const finished = await concatInChunks(store, ids);
    if (finished)
      return createConcatenatedResponse(finished, { cacheStatus: { hit: true }, nowMs: clock.now() });
  }

  const stored = await store.getMany(ids);
  const cached = new Map(stored.filter((task) => maySee(caller, task)).map((task) => [task.id, task]));
  const wanting = ids.filter((id) => {
    const task = cached.get(id);
    return !task || !isFresh(task, caller.control, deps.pendingTtlMs, clock.now());
  });

  const answer = (status: CacheStatus, fetched: FetchedTasks = new Map(), unfetched = 0) => {
    const tasks = ids
      .map((id) => getFoundTask(fetched.get(id)) ?? cached.get(id))
      .filter((task) => task !== undefined)
      .filter((task) => maySee(caller, task));
    const headers = {
      ...[...fetched.values()].find(isFound)?.headers,
      ...(unfetched > 0 ? { [UNFETCHED_HEADER]: String(unfetched) } : {}),
    };
    return createItemsResponse(tasks, tasks.length, status, clock.now(), headers);
  };
  const answerFromCache = (detail: NonNullable<CacheStatus['detail']>) =>
    answer({ hit: true, detail }, undefined, ids.length - cached.size);

  if (wanting.length === 0) return answer({ hit: true });
  if (caller.control.onlyIfCached) return answerFromCache('only-if-cached');
  if (deps.offline) return answerFromCache('offline');

  const auth = upstreamAuthFor(deps, caller);
  if (auth.payment) return forwardPaidBatch(deps, ids, auth, caller);
  // Tasks the caller may not see count as missing, but are not fetched: they are stored already. Without a token the upstream
  // rejects unknown ids, so it must be asked for hidden ones too.
  const hidden = new Set(stored.filter(({ id }) => !cached.has(id)).map(({ id }) => id));
  const missing = auth.token === undefined ? wanting : wanting.filter((id) => !hidden.has(id));
  const fetching = fetcher.many(missing, auth, caller.control, stored);
  const mayServeStale = !mustWait(caller) && missing.every((id) => cached.has(id));
  const fetched = mayServeStale ? await staleWait.wait(fetching) : await fetching;
  if (!fetched) return answerFromCache('stale-while-revalidate');

  const found = [...fetched.values()].filter(isFound).filter(({ task }) => maySee(caller, task));
  const failures = summarizeFailures(fetched, { auth, cached, hidden, isNoneFound: found.length === 0 });
  if (failures.relayed) return relayError(failures.relayed);
  if (failures.areAll) return answer({ hit: true, detail: 'stale-if-error' }, undefined, failures.unfetched);
  // For a limited caller, hidden ids look like unknown ones, and those are not remembered.
  if (!caller.limits && fetched.size > 0 && [...fetched.values()].every(isRemembered))
    return answer({ hit: true, detail: 'unknown-to-upstream' });
  return answer(
    {
      fwd: caller.control.noCache ? 'request' : wanting.some((id) => cached.has(id)) ? 'stale' : 'miss',
      stored: found.length > 0 && found.every((result) => result.stored),
      ...(failures.areAny ? { detail: 'partial' } : {}),
    },
    fetched,
    failures.unfetched,
  );
}

/** Summarises the failed upstream requests of a batch. */
function summarizeFailures(
  fetched: FetchedTasks,
  request: {
    auth: UpstreamAuth;
    cached: ReadonlyMap<TaskId, StoredTask>;
    hidden: ReadonlySet<TaskId>;
    isNoneFound: boolean;
  },
) {
  const { auth, cached, hidden, isNoneFound } = request;
  const failures = [...fetched].filter((entry): entry is [TaskId, UpstreamError] => isError(entry[1]));
  const errors = failures.map(([, error]) => error);
  const price = errors.find((error) => isPriceForCaller(error, auth));
  // A caller that could pay gets the price, unless a finished task can be served.
  const isPriceRelayed =
    price !== undefined && ![...cached.values()].some(({ state }) => state !== 'pending');
  const failed = failures.map(([id]) => id).filter((id) => !cached.has(id));
  return {
    /** The error to relay, if nothing can be served. */
    relayed: isPriceRelayed ? price : isNoneFound && cached.size === 0 ? errors[0] : undefined,
    areAny: errors.length > 0,
    areAll: errors.length > 0 && errors.length === fetched.size,
    /** The number of ids that are not stored and could not be requested. Hidden ones count as not stored. */
    unfetched: errors.length === 0 ? 0 : new Set([...failed, ...hidden]).size,
  };
}

/** Forwards a batch that pays for itself unchanged, and returns the response with its receipt. */
async function forwardPaidBatch(
  deps: MirrorDeps,
  ids: readonly TaskId[],
  auth: UpstreamAuth,
  caller: Caller,
): Promise<MirrorResponse> {
  try {
    const requestSeq = await deps.store.nextRequestSeq();
    const { documents, answer } = await deps.upstream.retrieveBatch(ids, auth);
    const stored = await storeAnswer(deps, documents, requestSeq);
    const byId = new Map(documents.map((document) => [document.id, document]));
    const nowMs = deps.clock.now();
    const tasks = ids
      .map((id) => byId.get(id))
      .filter((document) => document !== undefined)
      .filter((document) => maySee(caller, document))
      .map((document) => ({ ...document, fetchedAtMs: nowMs }));
    const status = { fwd: 'miss', stored: stored && tasks.length > 0 } as const;
    return createItemsResponse(tasks, tasks.length, status, nowMs, selectForwardedHeaders(answer.headers));
  } catch (error) {
    if (error instanceof UpstreamError) return relayError(error);
    throw error;
  }
}

/**
 * Answers an empty batch, with which clients such as the vendor's n8n node check their token: if the caller's token would be
 * used, the upstream decides.
 */
async function checkCredential(deps: MirrorDeps, caller: Caller): Promise<MirrorResponse> {
  const answerEmpty = (status: CacheStatus) => createItemsResponse([], 0, status, deps.clock.now());
  if (caller.control.onlyIfCached) return answerEmpty({ hit: true, detail: 'only-if-cached' });
  if (deps.offline) return answerEmpty({ hit: true, detail: 'offline' });
  const auth = upstreamAuthFor(deps, caller);
  const isOwnToken = auth.token !== undefined && auth.token === deps.upstreamToken;
  if (isOwnToken || (caller.hasAccessToken && !auth.payment)) return answerEmpty({ hit: true });
  try {
    const { answer } = await deps.upstream.retrieveBatch([], auth);
    return forwardResponse(answer, { fwd: 'bypass' });
  } catch (error) {
    if (!(error instanceof UpstreamError)) throw error;
    return error.answer ? relayError(error) : answerEmpty({ hit: true, detail: 'offline' });
  }
}

type FetchedTasks = ReadonlyMap<TaskId, Fetched | UpstreamError>;

function isError(result: Fetched | UpstreamError): result is UpstreamError {
  return result instanceof UpstreamError;
}

function isFound(result: Fetched | UpstreamError): result is Extract<Fetched, { kind: 'found' }> {
  return !isError(result) && result.kind === 'found';
}

function isRemembered(result: Fetched | UpstreamError): boolean {
  return !isError(result) && result.kind === 'unknown' && result.isRemembered === true;
}

function getFoundTask(result: Fetched | UpstreamError | undefined): StoredTask | undefined {
  return result && isFound(result) ? result.task : undefined;
}
